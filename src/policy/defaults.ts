import type { BacktestDemand } from '../backtest/record.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts';
import type { Principal, RepositoryPolicy, TargetPolicy } from './policy.ts';

/** Who owns a target whose file does not say: the people who are trusted with the repository's settings. */
export const DEFAULT_OWNERS: readonly Principal[] = [{ kind: 'role', role: 'maintain' }];

/**
 * What holds where neither file nor preset says anything: the safest choice, in which nothing ever merges without an
 * approval. `policies/review-only.yaml` says the same, with reasons.
 */
export const DEFAULTS: Pick<
  TargetPolicy,
  | 'respond'
  | 'evidence'
  | 'goal'
  | 'limits'
  | 'breakGlass'
  | 'onReturn'
  | 'suspendAutomation'
  | 'check'
  | 'notify'
  | 'verify'
  | 'drills'
  | 'monitors'
  | 'ladder'
  | 'fallback'
> & { readonly approvals: Omit<TargetPolicy['approvals'], 'from'> } = {
  respond: { critical: 'review', high: 'review', medium: 'notify', low: 'record' },
  evidence: { consecutive: 1, minAge: 0 },
  goal: { minSoak: DAY, maxDepth: 3 },
  limits: {
    merge: { count: 1, per: DAY },
    open: { count: 6, per: DAY },
    cooldown: HOUR,
    maxReleaseAge: 7 * DAY,
  },
  approvals: {
    by: 'lastgood',
    required: 1,
    timeout: 30 * MINUTE,
    remind: 10 * MINUTE,
    onTimeout: 'page',
  },
  breakGlass: [],
  onReturn: 'notify',
  suspendAutomation: false,
  check: {
    noGoal: 'warn',
    mutableVersion: 'warn',
    undeclaredPair: 'warn',
    severalActive: 'warn',
    widerPowers: 'warn',
  },
  notify: { issue: true },
  verify: {
    rollOut: { within: 10 * MINUTE, by: 'any' },
    within: 30 * MINUTE,
    sustain: 2 * MINUTE,
    watch: 2 * HOUR,
    every: 30 * SECOND,
    metrics: [],
  },
  drills: { every: 'never' },
  monitors: [],
  ladder: ['release'],
  fallback: {},
};

/** What a backtest has to have shown where a policy only says that there has to be one. */
export const BACKTEST_DEFAULTS: BacktestDemand = {
  span: 14 * DAY,
  falseRollbacks: 1,
  found: 0.8,
  maxAge: 90 * DAY,
};

/**
 * What holds for a repository without `.lastgood/repository.yaml`: enough for a bad day, too little for a runaway.
 *
 * Five models in ten minutes are a storm: two or three that share a feature snapshot can go bad by one release of it,
 * and a rollback helps them; five that do are almost always something that no rollback mends (a data source, the
 * network, the metrics themselves). Ten minutes hold a fault that reaches the models one evaluation interval after
 * another. It is half of the merges that a day allows, so that it is seen before the budget ends.
 */
export const REPOSITORY_DEFAULTS: RepositoryPolicy = {
  limits: { merge: { count: 10, per: DAY }, open: { count: 30, per: DAY } },
  storm: { models: { count: 5, within: 10 * MINUTE } },
  mergeMethod: 'squash',
};
