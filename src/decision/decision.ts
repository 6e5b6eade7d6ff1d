import type { Alert } from '../alerts/alert.ts';
import type { RepositoryPolicy, Response, TargetPolicy } from '../policy/policy.ts';
import type { Oid, Release } from '../releases/release.ts';
import type { Restrictions } from '../state/restrictions.ts';
import type { Instant } from '../time.ts';
import type { TargetKey } from '../target.ts';

/** Why a decision is what it is. Closed: every member has a sentence in `texts/reasons.ts`. */
export type Reason =
  /** The policy's response to this severity, nothing held it back. */
  | 'policy'
  /** The policy's response to a quarantined version that came back, nothing held it back. */
  | 'returned'
  // Nobody's target
  | 'unknown-repository'
  | 'unknown-model'
  | 'unknown-environment'
  | 'environment-ambiguous'
  | 'policy-broken'
  // Nothing to do
  | 'resolved'
  | 'stale-version'
  | 'started-before-release'
  | 'rollback-in-progress'
  | 'already-rolled-back'
  | 'rung-followed'
  | 'closed-by-person'
  | 'closed-unanswered'
  // Not yet
  | 'too-few-firings'
  | 'too-young'
  // Cannot tell what runs
  | 'pins-unreadable'
  // Opened for review instead of merged
  | 'hold'
  | 'state-untrusted'
  | 'storm'
  | 'repository-policy-broken'
  | 'no-backtest'
  | 'rollback-of-rollback'
  | 'cooldown'
  | 'merge-budget'
  | 'repository-merge-budget'
  | 'release-too-old'
  // Told people instead of opened
  | 'freeze'
  | 'state-unreadable'
  | 'open-budget'
  | 'repository-open-budget'
  | 'no-goal'
  | 'plan-failed'
  // Asked for by a person
  | 'requested'
  | 'break-glass'
  // Repaired after a merge
  | 'mixed-pair';

/** What Lastgood does about an alert, why, and what it saw. */
export interface Decision {
  readonly act: Response;
  readonly reason: Reason;
  /** What else would have held it back, in the order it was looked at: a person wants to know all of it. */
  readonly also?: readonly Reason[];
  /** When to decide again without a further signal. */
  readonly recheckAt?: Instant;
  /** The numbers the sentence needs, by name: `have`, `need`, `until`, `pull`, … */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** What has been seen of one alert since it last was resolved. */
export interface Evidence {
  /** The newest notification; resolved when nothing fired since. */
  readonly alert: Alert;
  /** When it was seen firing, oldest first, without the resolved ones and what came before them. */
  readonly firings: readonly Instant[];
  /** The senders' ids of the notifications counted in `firings`, newest last, to know retransmissions by. */
  readonly deliveries?: readonly string[];
}

/** A rollback pull request of this repository, as far as decisions need it. */
export interface PastRollback {
  readonly target: TargetKey;
  /** The commit that brought the bad release: with the target, the incident's identity. */
  readonly badCommit: Oid;
  readonly number: number;
  readonly openedAt: Instant;
  /** `closed-unanswered`: nobody decided in time, and the policy gives up then. */
  readonly state:
    'open' | 'merged' | 'closed-by-person' | 'closed-unanswered' | 'closed-by-lastgood';
  readonly mergedAt?: Instant;
  /** Whether it was merged by Lastgood without an approval: what the merge budget counts. */
  readonly automatic: boolean;
}

/** So many models of the repository began to fail together that no release can be at fault. */
export interface Storm {
  /** Those models, in the order of the alphabet. */
  readonly models: readonly string[];
  /** When the first of them began. */
  readonly since: Instant;
  /** Without further news it may be over then, and not before. */
  readonly until: Instant;
}

/** Everything a decision depends on, as plain data. */
export interface DecisionInput {
  readonly now: Instant;
  readonly evidence: Evidence;
  readonly policy: TargetPolicy;
  readonly repository: RepositoryPolicy;
  /** What people keep Lastgood from. */
  readonly restrictions: Restrictions;
  /** The release that runs, and whether a rollback of Lastgood brought it. */
  readonly running: Release;
  readonly runningIsRollback: boolean;
  /** What runs is a rollback that was rolled out and did not help, and the policy names what is tried next. */
  readonly nextRung?: boolean;
  /** The rollbacks of the whole repository, at least those of the budgets' windows and every open one. */
  readonly past: readonly PastRollback[];
  /** The storm that the repository is in, if any. */
  readonly storm: Storm | undefined;
}
