import type { Entry } from '../../src/journal/entry.ts';
import type { Instant } from '../../src/time.ts';
import type { Severity } from './manifests.ts';

/**
 * What happened in a run, as somebody who stands beside it sees it. Invariants are checked against this and the hub,
 * never against what Lastgood remembers. Everything has its place in one order: `seq`.
 */
export interface Recorded {
  readonly entries: RecordedEntry[];
  readonly alerts: SentAlert[];
  readonly merges: RecordedMerge[];
  readonly moments: Moment[];
  /** When the database was lost, by `seq`. */
  readonly losses: number[];
  /** What the log calls an error. */
  readonly errors: LoggedError[];
  /** Everything that a person or the world did, in words. */
  readonly steps: string[];
  /** The `seq` by which each merged pull request was first seen merged, by number. */
  readonly mergedAt: Map<number, number>;
  /** When each pull request was reopened last, by number. */
  readonly reopened: Map<number, Instant>;
  /** What people said to Lastgood. */
  readonly said: SaidWords[];
  /** The commits that Lastgood made of its state, as they became the head of its branch. */
  readonly states: { readonly seq: number; readonly commit: string }[];
  /** When somebody meddled with the branch of the state, by `seq`. */
  readonly tampered: number[];
}

/** What somebody asks for in one line. */
export interface SaidCommand {
  readonly name:
    | ('hold' | 'unhold' | 'freeze' | 'unfreeze' | 'approve' | 'reject')
    | ('rollback' | 'quarantine' | 'reland' | 'retry' | 'status');
  /** Absent: the target of the pull request that it stands in. */
  readonly model?: string;
  readonly version?: string;
  /** Break the glass. */
  readonly now?: boolean;
}

/** One comment or review that somebody wrote. */
export interface SaidWords {
  readonly seq: number;
  /** The moment right before it was written. */
  readonly moment: number;
  readonly kind: 'comment' | 'review';
  readonly id: number;
  readonly number: number;
  readonly login: string;
  /** As GitHub tells it, to the second. */
  readonly at: Instant;
  readonly commands: readonly SaidCommand[];
  /** The head of the pull request that it was written below. */
  readonly head?: string;
  /** When it was edited first, by `seq`. */
  editedAt?: number;
  /** When Lastgood was first seen to have counted it as an approval, by `seq`. */
  countedAt?: number;
}

export interface RecordedEntry {
  readonly seq: number;
  readonly replica: string;
  readonly entry: Entry;
}

export interface LoggedError {
  readonly msg: string;
  readonly err?: { readonly type?: string; readonly message?: string; readonly stack?: string };
}

/** What an alert says, and thereby which alert it is. */
export interface AlertLabels {
  readonly name: string;
  readonly model: string;
  readonly environment?: string;
  readonly severity: Severity;
  readonly version?: string;
}

/** One notification. */
export interface SentAlert {
  readonly seq: number;
  readonly key: string;
  readonly fingerprint: string;
  readonly labels: AlertLabels;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: Instant;
  readonly at: Instant;
  /** `unsure`: no answer came, or a bad one; it may be stored all the same. `unsent`: nobody was there. */
  outcome: 'accepted' | 'unsure' | 'unsent';
}

/** How an alert stands, as far as its sender can tell what Lastgood knows. */
export interface AlertState {
  readonly labels: AlertLabels;
  readonly firing: 'yes' | 'maybe' | 'no';
  readonly startsAt: Instant;
  /** Firing notifications since it last was resolved, those that may have got lost included. */
  readonly count: number;
}

/** One review that stands. */
export interface ReviewAt {
  readonly login: string;
  readonly state: string;
  readonly commit: string;
  readonly at: Instant;
}

/** A pull request as it stood. */
export interface PullAt {
  readonly number: number;
  readonly branch: string;
  readonly head: string;
  readonly into: string;
  readonly state: 'open' | 'closed';
  readonly reviews: readonly ReviewAt[];
  /** Approvals by command, whether Lastgood took note of them (`counted`) or may yet. */
  readonly votes: readonly (ReviewAt & { readonly counted: boolean })[];
  /** Who asked for it, if a person did, and when. */
  readonly asked?: { readonly login: string; readonly at: Instant };
  /** Names of those who wrote its commits. */
  readonly authors: readonly string[];
  readonly reopenedAt?: Instant;
}

/** The outside world at one moment. */
export interface Moment {
  readonly seq: number;
  readonly now: Instant;
  /** The newest commit of the default branch. */
  readonly head: string;
  readonly pulls: ReadonlyMap<number, PullAt>;
  readonly alerts: ReadonlyMap<string, AlertState>;
  /** The head of the branch of Lastgood's state, and the newest commit there that Lastgood itself made. */
  readonly state: { readonly head?: string; readonly own?: string; readonly ownSeq: number };
}

/** A merge that Lastgood asked for and got. */
export interface RecordedMerge {
  readonly seq: number;
  readonly number: number;
  /** The moments between which it was decided: since all was quiet, until it was asked for. */
  readonly from: number;
  readonly until: number;
}

export function createRecord(): Recorded {
  return {
    entries: [],
    alerts: [],
    merges: [],
    moments: [],
    losses: [],
    errors: [],
    steps: [],
    mergedAt: new Map(),
    reopened: new Map(),
    said: [],
    states: [],
    tampered: [],
  };
}
