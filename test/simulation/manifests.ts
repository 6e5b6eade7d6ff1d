import { parse, stringify } from 'yaml';

/** A model version and the feature snapshot that goes with it. */
export interface Pair {
  readonly model: string;
  readonly features: string;
}

/** What the policy of a model says, as people chose it. Everything is written out: no preset is relied on. */
export interface Policy {
  readonly respond: Readonly<Record<Severity, 'merge' | 'review' | 'notify' | 'record'>>;
  readonly consecutive: number;
  readonly minAge: string;
  readonly minSoak: string;
  readonly merge: string;
  readonly open: string;
  readonly cooldown: string;
  readonly maxReleaseAge: string;
  readonly by: 'lastgood' | 'github';
  readonly required: number;
  readonly from: readonly string[];
  readonly breakGlass: readonly string[];
  /** How it is known that the serving side took a merge. */
  readonly rollOutBy: 'any' | 'none';
}

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ENVIRONMENT = 'production';

export function modelFile(model: string): string {
  return `models/${model}/model.yaml`;
}

export function featuresFile(model: string): string {
  return `models/${model}/features.yaml`;
}

export function policyFile(model: string): string {
  return `.lastgood/${model}.yaml`;
}

export function modelText(model: string, version: string, replicas = 2): string {
  return [
    `# ${model}`,
    'spec:',
    `  storageUri: 's3://models/${model}/${version}/model'  # by pull request only`,
    '  protocol: v2',
    '  logger: all',
    '  batch: 64',
    `  replicas: ${replicas}`,
    '',
  ].join('\n');
}

export function featuresText(model: string, snapshot: string): string {
  return `# Features of ${model}\ndata:\n  snapshot: ${snapshot}\n  windows: 5m,1h\n`;
}

/** The pair in the texts of both files; undefined where one cannot be read. Reads them without the product's help. */
export function readPair(
  model: string | undefined,
  features: string | undefined,
): Partial<Pair> & { readonly replicas?: number } {
  const version = /^ {2}storageUri: 's3:\/\/models\/[^/]+\/([^/]+)\/model'/m.exec(model ?? '')?.[1];
  const snapshot = /^ {2}snapshot: (\S+)$/m.exec(features ?? '')?.[1];
  const replicas = /^ {2}replicas: (\d+)$/m.exec(model ?? '')?.[1];
  return {
    ...(version !== undefined && { model: version }),
    ...(snapshot !== undefined && { features: snapshot }),
    ...(replicas !== undefined && { replicas: Number(replicas) }),
  };
}

export function policyText(model: string, policy: Policy): string {
  return stringify({
    model,
    owners: ['@acme/ml'],
    environments: {
      [ENVIRONMENT]: {
        pins: {
          model: {
            file: modelFile(model),
            path: 'spec.storageUri',
            version: `s3://models/${model}/{version}/model`,
          },
          features: { file: featuresFile(model), path: 'data.snapshot' },
        },
        respond: policy.respond,
        evidence: { consecutive: policy.consecutive, minAge: policy.minAge },
        target: { minSoak: policy.minSoak, maxDepth: 3 },
        limits: {
          merge: policy.merge,
          open: policy.open,
          cooldown: policy.cooldown,
          maxReleaseAge: policy.maxReleaseAge,
        },
        approvals: { by: policy.by, required: policy.required, from: policy.from },
        ...(policy.breakGlass.length > 0 && { breakGlass: policy.breakGlass }),
        verify: { rollOut: { by: policy.rollOutBy } },
      },
    },
  });
}

/** Reads a policy back, the way a person would; undefined when it is broken or gone. */
export function readPolicy(text: string | undefined): Policy | undefined {
  if (text === undefined) return undefined;
  try {
    const file = parse(text) as PolicyShape;
    const environment = file.environments[ENVIRONMENT];
    const {
      respond,
      evidence,
      target,
      limits,
      approvals,
      pins,
      breakGlass = [],
      verify,
    } = environment;
    const known = new Set(['merge', 'review', 'notify', 'record']);
    if (!Object.values(respond).every((one) => known.has(one)) || !pins) return undefined;
    if (typeof limits.merge !== 'string') return undefined;
    return {
      respond,
      ...evidence,
      minSoak: target.minSoak,
      merge: limits.merge,
      open: limits.open,
      cooldown: limits.cooldown,
      maxReleaseAge: limits.maxReleaseAge,
      ...approvals,
      breakGlass,
      rollOutBy: verify.rollOut.by,
    };
  } catch {
    return undefined;
  }
}

interface PolicyShape {
  readonly environments: Readonly<
    Record<
      typeof ENVIRONMENT,
      {
        readonly pins?: unknown;
        readonly respond: Policy['respond'];
        readonly evidence: Pick<Policy, 'consecutive' | 'minAge'>;
        readonly target: { readonly minSoak: string };
        readonly limits: Pick<Policy, 'merge' | 'open' | 'cooldown' | 'maxReleaseAge'>;
        readonly approvals: Pick<Policy, 'by' | 'required' | 'from'>;
        readonly breakGlass?: Policy['breakGlass'];
        readonly verify: { readonly rollOut: { readonly by: Policy['rollOutBy'] } };
      }
    >
  >;
}
