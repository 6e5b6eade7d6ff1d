import type { Severity } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import type { Versions } from '../releases/versions.ts';
import type { Target } from '../target.ts';
import type { Instant } from '../time.ts';
import type { Measured } from './measured.ts';
import type { Recorded } from './recorded.ts';

/** How it is known that the serving side took a merge. */
export type RollOutProof =
  /** A deployment of the merge commit, or of one after it, succeeded. */
  | 'deployment'
  /** A commit status of the merge commit, or of one after it, says success. */
  | 'status'
  /** What is being served was asked for. */
  | 'served'
  /** The policy says that nobody tells. */
  | 'assumed';

/** When the serving side took a merge, and by what that is known. */
export interface RolledOut {
  readonly at: Instant;
  readonly by: RollOutProof;
  /** What said so, as its sender calls it: an environment, a status context, a version. */
  readonly name: string;
}

/**
 * Where a merged rollback stands. `rolling-out`: nothing shows yet that the serving side took it. `verifying`: it did,
 * and whether it helped is to be seen. `watching`: it helped, and has to go on doing so. `over`: nothing more is looked
 * at.
 */
export type Phase = 'rolling-out' | 'verifying' | 'watching' | 'over';

/** What people were told of once, and are not told of again. */
export type Told = 'roll-out-late' | 'roll-out-failed' | 'not-recovered' | 'unverified';

/**
 * What is known of a merged rollback until its incident is closed. It is kept in the store; what it rests on can be
 * read again from git and GitHub.
 */
export interface Recovery {
  /** The incident's branch. */
  readonly branch: string;
  readonly number: number;
  readonly target: Target;
  /** The merge commit. */
  readonly commit: Oid;
  readonly mergedAt: Instant;
  /** What the merge brought back, by pin. */
  readonly goal: Versions;
  readonly severity: Severity;
  /** The alert that led to it: later ones of its name are about the same incident. */
  readonly alert: { readonly name: string; readonly source: string };
  /** The keys of the alerts that the incident is about. */
  readonly alerts: readonly string[];
  readonly phase: Phase;
  /** Found in git, because the store did not know of it: what was seen before is not known. */
  readonly recalled?: true;
  readonly rolledOut?: RolledOut;
  /** Since when everything that is looked at is well without a break; absent while it is not, or cannot be told. */
  readonly wellSince?: Instant;
  /** Since when something that is looked at is ill without a break. */
  readonly illSince?: Instant;
  /** When it first counted as recovered. */
  readonly recoveredAt?: Instant;
  /** When it last relapsed: what was before does not count from then on. */
  readonly relapsedAt?: Instant;
  readonly told: readonly Told[];
  /** The release that it went back to, as it ran before; null when none is to be found. */
  readonly good?: GoodRelease | null;
  /** When metric servers were last asked. */
  readonly askedAt?: Instant;
  readonly measured?: Measured;
  /** What was measured since the last entry of the journal. */
  readonly recorded?: readonly Recorded[];
  /** What metrics were while the good release ran, by the query that found it. */
  readonly baselines?: Readonly<Record<string, number>>;
  /** People were told that metric servers give no answer. */
  readonly unanswered?: true;
  /** What the journal says became of the last rung of the ladder, the emergency retrain. */
  readonly lastResort?: 'started' | 'left-to-people';
}

/** When a release ran. */
export interface GoodRelease {
  readonly commit: Oid;
  readonly from: Instant;
  readonly until: Instant;
}

/** How one thing that tells of recovery stands now, by what happened since the roll-out only. */
export interface Sign {
  /** An alert's name, or the name of a metric. */
  readonly name: string;
  readonly kind: 'alert' | 'metric';
  readonly health: Health;
  /** Since when it is so, where that is known: not before the roll-out. */
  readonly since?: Instant;
  /** When it was seen; absent: it holds now. */
  readonly asOf?: Instant;
  /** What was seen, in one sentence without a full stop. */
  readonly seen: string;
}

/** `unknown`: there is no data, or only such from before the roll-out. That is not recovery, and not failure. */
export type Health = 'well' | 'ill' | 'unknown';
