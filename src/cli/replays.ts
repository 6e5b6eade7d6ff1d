import { availableParallelism } from 'node:os';
import { createDigest, type DataDigest } from '../backtest/digest.ts';
import type { Progress } from '../backtest/replay-target.ts';
import type { Clone } from '../git/open-clone.ts';
import type { Span } from '../monitors/series.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { openRecordings } from './recordings.ts';
import { replayJob, type ReplayDone, type ReplayGround } from './replay-job.ts';
import { openThreads } from './threads.ts';

/** Replays the targets of a backtest. */
export interface Replays {
  /** So many may be replayed at once. */
  readonly atOnce: number;
  /** Replays one target by each of its policies that are tried. */
  readonly replay: (policies: readonly TargetPolicy[], progress: Progress) => Promise<ReplayDone>;
  readonly close: () => Promise<void>;
}

/** Each thread has the recording of its target in memory. */
const MOST_THREADS = 8;

/** The file that a thread runs: beside this one, compiled or not. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? 'replay-thread.ts' : 'replay-thread.js',
  import.meta.url,
);

/**
 * Several targets are replayed by as many threads as there are cores, one target here. Either way the result is the same
 * to the last byte. Throws `CommandFailed` for options that make no sense.
 *
 * @param alerts the time of those that may be replayed without metrics
 */
export function openReplays(
  ground: ReplayGround,
  here: {
    readonly clone: Clone;
    /** How many there are. */
    readonly targets: number;
    readonly whole: DataDigest;
    readonly alerts: Span | undefined;
  },
  threads: number = Math.min(availableParallelism(), MOST_THREADS),
): Replays {
  const { clone, targets, whole, alerts } = here;
  const { options, now } = ground;
  const open = (digest: DataDigest) => openRecordings(options, now, digest, { span: alerts });
  const read = open(whole);
  const isRead = options.metrics !== undefined || options.prometheus !== undefined;
  const atOnce = isRead ? Math.min(threads, targets) : 1;
  if (atOnce > 1) {
    const pool = openThreads<readonly TargetPolicy[], ReplayDone>(THREAD, atOnce, ground);
    return { atOnce, replay: pool.run, close: pool.close };
  }
  return {
    atOnce,
    async replay(policies, progress) {
      if (targets === 1) return replayJob(clone, ground, read, policies, progress);
      const digest = createDigest();
      const done = await replayJob(clone, ground, open(digest), policies, progress);
      return { ...done, digest: digest.finish() };
    },
    close: () => Promise.resolve(),
  };
}
