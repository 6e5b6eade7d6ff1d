import { DAY, HOUR, MINUTE } from '../time.ts';
import type { Principal, RepositoryPolicy, TargetPolicy } from './policy.ts';

/** Who owns a target whose file does not say: the people who are trusted with the repository's settings. */
export const DEFAULT_OWNERS: readonly Principal[] = [{ kind: 'role', role: 'maintain' }];

/**
 * What holds where neither file nor preset says anything: the safest choice, in which nothing ever merges without an
 * approval. `policies/review-only.yaml` says the same, with reasons.
 */
export const DEFAULTS: Pick<
  TargetPolicy,
  'respond' | 'evidence' | 'goal' | 'limits' | 'verify' | 'fallback'
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
  approvals: { by: 'lastgood', required: 1, timeout: 30 * MINUTE, onTimeout: 'page' },
  verify: { within: 30 * MINUTE, watch: 2 * HOUR },
  fallback: {},
};

/** What holds for a repository without `.lastgood/repository.yaml`: enough for a bad day, too little for a runaway. */
export const REPOSITORY_DEFAULTS: RepositoryPolicy = {
  limits: { merge: { count: 10, per: DAY }, open: { count: 30, per: DAY } },
  mergeMethod: 'squash',
};
