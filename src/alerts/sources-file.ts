import { z } from 'zod';
import {
  describeIssues,
  entryName,
  findRepeated,
  readYaml,
  repositories,
  variable,
} from '../settings-file.ts';
import { parseTargetKey } from '../target.ts';
import type { AlertSource } from './alert.ts';
import { DISPATCH_SOURCE } from './repository-dispatch.ts';

/** Shorter secrets can be guessed. */
export const MIN_SECRET = 24;

const TARGET = 'a target as "environment/model"';

const SECRETS = ['token', 'tokenEnv', 'hmac', 'hmacEnv'] as const;

const secret = z
  .string({ error: `text in quotes, at least ${MIN_SECRET} characters` })
  .regex(/^[\x21-\x7E]+$/, { error: 'printable ASCII characters without blanks' })
  .min(MIN_SECRET, { error: `at least ${MIN_SECRET} characters` });

const sourceSchema = z
  .strictObject(
    {
      name: entryName('source').refine((name) => name !== DISPATCH_SOURCE, {
        error: `another name: alerts that come as repository_dispatch events are called "${DISPATCH_SOURCE}"`,
      }),
      token: secret.optional(),
      hmac: secret.optional(),
      tokenEnv: variable.optional(),
      hmacEnv: variable.optional(),
      repositories,
      targets: z
        .array(
          z.string({ error: TARGET }).refine((key) => parseTargetKey(key) !== undefined, {
            error: TARGET,
          }),
          { error: 'a list of targets as "environment/model"' },
        )
        .min(1, { error: 'at least one target, or no `targets`' })
        .optional(),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `one of name, ${SECRETS.join(', ')}, repositories, targets`
          : 'a source: an object with name, a secret and repositories',
    },
  )
  .refine((source) => SECRETS.filter((key) => source[key] !== undefined).length === 1, {
    error: `exactly one of ${SECRETS.join(', ')}`,
  });

const fileSchema = z.array(sourceSchema, { error: 'a list of sources' });

export type SourcesReading =
  | { readonly ok: true; readonly sources: readonly AlertSource[] }
  | { readonly ok: false; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/** The secret itself, wherever it stands, or what is wrong with it. */
function findSecret(
  source: z.infer<typeof sourceSchema>,
  path: string,
  env: Environment,
): { readonly auth: AlertSource['auth'] } | { readonly problem: string } {
  const { token, hmac, tokenEnv, hmacEnv } = source;
  if (token !== undefined) return { auth: { kind: 'bearer', token } };
  if (hmac !== undefined) return { auth: { kind: 'hmac', secret: hmac } };
  const name = tokenEnv ?? hmacEnv ?? '';
  const value = secret.safeParse(env[name]);
  if (value.success) {
    const kind = tokenEnv === undefined ? 'hmac' : 'bearer';
    if (kind === 'bearer') return { auth: { kind, token: value.data } };
    return { auth: { kind, secret: value.data } };
  }
  const is = env[name] === undefined ? 'is not set' : 'is not that';
  const [issue] = value.error.issues;
  const at = `${path}.${tokenEnv === undefined ? 'hmacEnv' : 'tokenEnv'}`;
  return {
    problem: `${at}: the environment variable ${name} ${is}, expected ${issue?.message ?? 'a secret'}.`,
  };
}

/**
 * Reads the YAML file that lists the senders of alerts. A problem says where it is and what was expected, and never
 * shows a secret. Two sources with one name or one secret are refused: nobody could tell them apart.
 */
export function readSources(text: string, env: Environment): SourcesReading {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const root = yaml.root ?? [];
  const parsed = fileSchema.safeParse(root);
  if (!parsed.success) return { ok: false, problems: describeIssues(parsed.error, root, SECRETS) };

  const found = parsed.data.map((source, index) => findSecret(source, `$[${index}]`, env));
  const secrets = found.map((one, index) => {
    if ('problem' in one) return `\0${index}`;
    return one.auth.kind === 'bearer' ? one.auth.token : one.auth.secret;
  });
  const names = parsed.data.map(({ name }) => name.toLowerCase());
  const problems = [
    ...found.flatMap((one) => ('problem' in one ? [one.problem] : [])),
    ...findRepeated(
      names,
      (i, first) => `$[${i}].name: expected another name than $[${first}] has.`,
    ),
    ...findRepeated(
      secrets,
      (i, first) => `$[${i}]: expected another secret than $[${first}] has.`,
    ),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const sources = parsed.data.flatMap(({ name, repositories, targets }, index): AlertSource[] => {
    const one = found[index];
    if (!one || !('auth' in one)) return [];
    return [{ name, auth: one.auth, repositories, ...(targets && { targets }) }];
  });
  return { ok: true, sources };
}
