import type { Logger } from 'pino';
import type { Mirror, MirrorOptions } from './git/open-mirror.ts';
import type { Spacing } from './github/octokit-options.ts';
import type { Journal } from './journal/entry.ts';
import type { MetricServers } from './metrics/metric-servers.ts';
import type { Settings } from './settings.ts';
import type { Database } from './store/database.ts';
import type { Schedule } from './sweep.ts';
import type { Clock, Milliseconds } from './time.ts';
import type { Timers } from './timers.ts';
import type { HttpLimits } from './web/http-server.ts';

/** How long a request may take, part by part. */
export interface Limits extends HttpLimits {
  readonly body: Milliseconds;
}

/** What a running Lastgood is made of, and what stories and simulations put in the place of some of it. */
export interface ServeParts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly log: Logger;
  readonly clock: Clock;
  readonly limits?: Partial<Limits>;
  /** When everything is compared with what should be, as a cron expression in UTC. Absent: never. */
  readonly sweepEvery?: string;
  /** How the time of a sweep is waited for. Default: node-cron. */
  readonly schedule?: Schedule;
  /** Opens the database. Default: the one that the settings name. */
  readonly openDatabase?: () => Promise<Database>;
  /** How long a process that was asked to stop goes on with what it took. Default: 10 s. */
  readonly drain?: Milliseconds;
  /** Time and pace, for stories that own them. Default: those of this process and its database, and what GitHub asks. */
  readonly timers?: Timers;
  readonly wait?: (length: Milliseconds) => Promise<void>;
  readonly spacing?: Spacing;
  /** How GitHub's API is reached, for a simulation without a network. Default: Node's own fetch. */
  readonly fetch?: typeof fetch;
  /** Opens the local copy of a repository. Default: a mirror on the disk, fetched by git. */
  readonly openMirror?: (options: MirrorOptions) => Promise<Mirror>;
  /** Answers for the metric servers that policies name. Default: those of the settings. */
  readonly metrics?: MetricServers;
  /** Spreads out retries; from 0 to 1, without 1. */
  readonly random?: () => number;
}
