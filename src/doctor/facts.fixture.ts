import { loadPolicySet } from '../policy/load.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type {
  BranchFacts,
  BranchRule,
  Facts,
  KnownApp,
  PolicyFacts,
  RepositoryFacts,
  RulesetFacts,
  RulesetRule,
} from './facts.ts';
import { known, type Reading } from './reading.ts';

export const PERMISSIONS = { contents: 'write', pull_requests: 'write', metadata: 'read' } as const;
export const EVENTS = ['push', 'pull_request_review'] as const;

const APP: KnownApp = {
  kind: 'known',
  id: 7,
  slug: 'lastgood',
  name: 'Lastgood',
  permissions: PERMISSIONS,
  events: EVENTS,
  ahead: 0,
};

/** The policy of one model whose alerts merge. */
export const SET = loadPolicySet(
  [
    {
      path: '.lastgood/fraud.yaml',
      text: `model: fraud
owners: ['@acme/fraud']
environments:
  production:
    pins: { model: { file: fraud.yaml, path: version } }
    respond: { critical: merge }
`,
    },
  ],
  [],
);

export const POLICIES: PolicyFacts = {
  set: SET,
  pinProblems: [],
  goals: [{ target: 'production/fraud', goal: 'release' }],
};

/** The policies with something changed about every target. */
export function policiesWith(change: Partial<TargetPolicy>): Reading<PolicyFacts> {
  const targets = SET.targets.map((policy) => ({ ...policy, ...change }));
  return known({ ...POLICIES, set: { ...SET, targets } });
}

/** The policies with the approvals changed. */
export function approvalsWith(change: Partial<TargetPolicy['approvals']>): Reading<PolicyFacts> {
  const targets = SET.targets.map((policy) => ({
    ...policy,
    approvals: { ...policy.approvals, ...change },
  }));
  return known({ ...POLICIES, set: { ...SET, targets } });
}

/** A ruleset in force for the default branch. */
export function ruleset(
  rules: readonly BranchRule[],
  bypass: RulesetFacts['bypass'] = known('never'),
): Partial<BranchFacts> {
  return { rules: known(of(rules)), rulesets: new Map([[1, known({ name: 'main', bypass })]]) };
}

/** A ruleset in force for the branches of rollbacks. */
export function rollbackRuleset(
  rules: readonly BranchRule[],
  bypass: RulesetFacts['bypass'] = known('never'),
): Partial<BranchFacts> {
  const all = ruleset([...REVIEWED], known('always'));
  return {
    ...all,
    rollbackRules: known(rules.map((rule) => ({ ruleset: 2, rule }))),
    rulesets: new Map([...(all.rulesets ?? []), [2, known({ name: 'all', bypass })]]),
  };
}

function of(rules: readonly BranchRule[]): readonly RulesetRule[] {
  return rules.map((rule) => ({ ruleset: 1, rule }));
}

/** What a branch asks for that is well protected. */
export const REVIEWED: readonly BranchRule[] = [
  { kind: 'pull-request' },
  { kind: 'reviews', count: 1, codeOwners: false },
];

const REPOSITORY: RepositoryFacts = {
  repository: {
    id: 1,
    nodeId: 'R_1',
    owner: 'acme',
    name: 'models',
    defaultBranch: 'main',
    installation: 5,
  },
  mirror: known({ kind: 'kept', bytes: 3 * 1024 ** 2, behind: 0 }),
  policies: known(POLICIES),
  principals: [
    {
      principal: { kind: 'team', org: 'acme', slug: 'fraud' },
      access: known({ exists: true, role: 'write' }),
    },
  ],
  branch: {
    rules: known(of(REVIEWED)),
    rollbackRules: known([]),
    rulesets: new Map([[1, known({ name: 'main', bypass: known('always') })]]),
    classic: known({ kind: 'none' }),
    methods: known(['squash', 'merge', 'rebase']),
  },
};

const HEALTHY = {
  manifest: { permissions: PERMISSIONS, events: EVENTS },
  app: APP,
  asApp: {
    hook: known({
      url: 'https://lastgood.example/api/github/webhooks',
      contentType: 'json',
      hasSecret: true,
      insecureSsl: false,
    }),
    deliveries: known([
      { guid: 'b', event: 'push', at: 2_000, status: 'OK', statusCode: 202 },
      { guid: 'a', event: 'push', at: 1_000, status: 'OK', statusCode: 202 },
    ]),
    installations: known([
      { id: 5, account: 'acme', suspended: false, permissions: PERMISSIONS, events: EVENTS },
    ]),
  },
  installed: [
    {
      account: 'acme',
      found: known({ repositories: [REPOSITORY.repository], archived: [], total: 1 }),
    },
  ],
  repositories: [REPOSITORY],
  leftOut: [],
  database: known({ says: 'Embedded: 0 items wait, 0 were given up.', dead: 0 }),
  metricServers: [{ name: 'main', problem: undefined }],
} satisfies Facts;

/** Facts where all is well, with something changed. */
export function factsWith(change: Partial<Facts> = {}): Facts {
  return { ...HEALTHY, ...change };
}

/** Facts where all is well, with something changed about what only the App itself may ask. */
export function asAppWith(change: Partial<NonNullable<Facts['asApp']>>): Facts {
  return { ...HEALTHY, asApp: { ...HEALTHY.asApp, ...change } };
}

/** Facts where all is well, with something changed about GitHub's answer to "who am I". */
export function appWith(change: Partial<KnownApp>): Facts {
  return { ...HEALTHY, app: { ...APP, ...change } };
}

/** Facts where all is well, with something changed about the repository. */
export function repositoryWith(change: Partial<RepositoryFacts>): Facts {
  return { ...HEALTHY, repositories: [{ ...REPOSITORY, ...change }] };
}

/** Facts where all is well, with something changed about its branch. */
export function branchWith(
  change: Partial<BranchFacts>,
  more: Partial<RepositoryFacts> = {},
): Facts {
  return repositoryWith({ ...more, branch: { ...REPOSITORY.branch, ...change } });
}
