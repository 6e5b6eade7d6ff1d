import type { Oid } from '../releases/release.ts';
import type { Versions } from '../releases/versions.ts';
import type { TargetKey } from '../target.ts';
import type { Instant, Milliseconds } from '../time.ts';

/** What a drill goes through, in this order; `merge` and `restore` only in the environment that the policy names. */
export const DRILL_PHASES = [
  'goal',
  'artefact',
  'permissions',
  'approvers',
  'propose',
  'mergeable',
  'merge',
  'restore',
  'close',
] as const;
export type DrillPhase = (typeof DRILL_PHASES)[number];

/** What came of one phase. */
export interface PhaseResult {
  readonly phase: DrillPhase;
  /** `skipped`: there was nothing to try, and that is no failure. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** One sentence, without Markdown: what was found, and what to do where it failed. */
  readonly finding: string;
  readonly took: Milliseconds;
}

/** Why a drill is given up. Closed: every member has a sentence in `texts/drill.ts`. */
export type GiveUpReason =
  | 'rollback-open'
  | 'hold'
  | 'freeze'
  | 'state-unreadable'
  | 'storm'
  | 'policy'
  | 'closed-by-person'
  | 'merged-by-person'
  | 'pushed-to'
  /** The process lost what it knew of the drill. */
  | 'forgotten';

/** Who asked for a drill. */
export interface DrillRequest {
  readonly login: string;
  readonly id: number;
  /** The comment, as in `comment 4711`. */
  readonly said: string;
  /** The issue or pull request that is told of the outcome; absent: none. */
  readonly number?: number;
}

/** A pull request of a drill, as the App left it. */
export interface DrillPull {
  readonly number: number;
  readonly url: string;
  readonly head: Oid;
}

/** What a drill rehearses: from which release to which versions. */
export interface DrillPlan {
  readonly bad: Oid;
  readonly from: Versions;
  readonly to: Versions;
}

/** A drill under way. */
export interface DrillRun {
  readonly target: TargetKey;
  /** With the target, what its branch is called by. */
  readonly startedAt: Instant;
  /** Absent: it was due. */
  readonly by?: DrillRequest;
  readonly results: readonly PhaseResult[];
  /** When the phase that is tried again and again began. */
  readonly phaseSince?: Instant;
  /** What it went from and to, once that is known. */
  readonly plan?: DrillPlan;
  readonly pull?: DrillPull;
  /** It merged, in the environment that the policy names for that. */
  readonly merged?: { readonly commit: Oid };
  readonly givenUp?: GiveUpReason;
}

/** A drill that is over. */
export interface DrillRecord {
  readonly target: TargetKey;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly outcome: 'passed' | 'failed' | 'given-up';
  readonly by?: DrillRequest;
  readonly results: readonly PhaseResult[];
  readonly pull?: number;
  readonly givenUp?: GiveUpReason;
}

/** What is known of the drills of one target. */
export interface TargetDrills {
  readonly target: TargetKey;
  /** Since when the schedule counts, for one that never had a drill. */
  readonly noted: Instant;
  /** The last ones, oldest first; at most {@link KEPT}. */
  readonly past: readonly DrillRecord[];
  readonly run?: DrillRun;
  /** Why the drill that is due does not begin. */
  readonly putOff?: NotNow;
  /** People were called because a drill failed, and none passed since. */
  readonly called?: true;
  /** When a drill counts as overdue; absent: none is asked for. Kept for the metrics. */
  readonly overdueAt?: Instant;
  /** The journal was asked for what is not kept here. */
  readonly recalled?: true;
}

/** Why a drill does not begin now. Closed: every member has a sentence in `texts/drill.ts`. */
export type NotNow =
  | 'running'
  | 'other-drill'
  | 'rollback-open'
  | 'rollback-followed'
  | 'hold'
  | 'freeze'
  | 'state-unreadable'
  | 'storm';

/** So many drills of a target are remembered, for the trend. */
export const KEPT = 12;
