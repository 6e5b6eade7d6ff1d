import type { AlertFor } from '../alerts/alert.ts';
import type { MetricServers } from '../metrics/metric-servers.ts';
import type { Outcome } from '../monitors/evaluate.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Spell } from '../monitors/spell.ts';
import type { Store } from '../store/store.ts';
import type { Target } from '../target.ts';
import type { Clock, Instant, Milliseconds } from '../time.ts';
import type { ServerWatch } from './server-watch.ts';

/** That a target is armed, or no longer: for the lane of its repository. */
export interface Arming {
  readonly target: Target;
  readonly monitor: string;
  /** Absent: no longer. */
  readonly sentence?: string;
}

/** Looks of a monitor that were not good, led to nothing and are over: for the lane of its repository. */
export interface Passing {
  readonly target: Target;
  readonly monitor: string;
  readonly why: Spell['kind'];
  readonly at: Instant;
  readonly sentence: string;
}

type Judged = NonNullable<Outcome['judgement']>;
export type LookOutcome = Judged['verdict'] | 'unheard' | 'refused';

/** What watching needs from outside. */
export interface WatchParts {
  readonly store: Pick<Store, 'documents'>;
  readonly metrics: Pick<MetricServers, 'queryRange'>;
  readonly servers: ServerWatch;
  readonly clock: Clock;
  /** `owner/name`; undefined when the App is not installed there any more. Throws while nobody can tell. */
  readonly nameOf: (repository: number) => Promise<string | undefined>;
  readonly alerted: (alerts: readonly AlertFor[], key: string) => Promise<void>;
  readonly armed: (repository: number, arming: Arming) => Promise<void>;
  readonly passed: (repository: number, passing: Passing) => Promise<void>;
  readonly sentenceOf: (monitor: Monitor, state: MonitorState) => string;
  /** Told of a server that has not answered for long. */
  readonly serverGone: (
    repository: number,
    server: string,
    since: Instant,
    why: string,
    monitors: number,
  ) => Promise<void>;
  /** Told of a server that answers again. */
  readonly serverBack: (server: string, after: Milliseconds) => void;
  /** Told of a monitor that cannot be asked for, or can again: each change once. */
  readonly problem: (target: Target, monitor: string, why: string | undefined) => void;
  /** Counts looks. */
  readonly looked: (outcome: LookOutcome, count: number) => void;
}
