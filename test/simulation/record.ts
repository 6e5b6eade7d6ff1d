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
  };
}
