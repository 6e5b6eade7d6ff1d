/**
 * When the sweep runs.
 *
 * The races: several replicas reach the same tick; a run takes longer than the time between two ticks; the process
 * is asked to stop while a run is under way or about to begin.
 *
 * What must hold: one run a tick over all replicas, one run at a time in this process, no run after `stop`.
 *
 * How: node-cron says when. Each replica waits a random part of the jitter, so that they do not ask at once, then
 * claims the tick by its name; only the winner runs. A tick that comes while a run is under way is left out: the
 * next one makes good for it, because a sweep compares and does not count.
 */
import { createTask, validateDetailed } from 'node-cron';
import type { Clock, Instant, Milliseconds } from './time.ts';

export interface SweepOptions {
  /** When, as a cron expression in UTC. */
  readonly every: string;
  /** A run begins at most this long after its tick. */
  readonly jitter: Milliseconds;
  /** One more tick, so long after the start: what was lost while no process lived. Default: none. */
  readonly afterStart?: Milliseconds;
  /** One sweep. `tick` is the same moment in every replica. */
  readonly run: (tick: Instant) => Promise<void>;
  /** Whether this replica runs the tick: true for exactly one of those who ask. */
  readonly claim: (tick: Instant) => Promise<boolean>;
  /** Told of a run or a claim that threw. The next tick comes all the same. */
  readonly failed: (error: unknown) => void;
  readonly clock: Clock;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
  /** Default: node-cron. */
  readonly schedule?: Schedule;
  /** Resolves after so long, or at once when the signal aborts. Default: the process's timers. */
  readonly wait?: (length: Milliseconds, stopped: AbortSignal) => Promise<void>;
}

/** Calls `tick` with the time of each match of a cron expression, until stopped. */
export type Schedule = (
  every: string,
  tick: (at: Instant) => Promise<void>,
) => { readonly stop: () => void };

export interface Sweeps {
  /** No run begins any more; resolves once the one under way has ended. */
  stop(): Promise<void>;
}

/** Throws a sentence when `every` is no cron expression. */
export function startSweeps(options: SweepOptions): Sweeps {
  const { every, jitter, clock, random, schedule = cron, wait = pause } = options;
  const mistakes = validateDetailed(every).errors.map(({ message }) => message);
  if (mistakes.length > 0) {
    throw new Error(
      `The sweep cannot be scheduled at "${every}": ${mistakes.join('; ')}. Write a cron expression, like "*/5 * * * *" for every five minutes.`,
    );
  }
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  const runOnce = async (tick: Instant): Promise<void> => {
    try {
      // The tick may have come late: the jitter counts from when it was due.
      const left = tick + random() * jitter - clock();
      if (left > 0) await wait(left, stopping.signal);
      if (stopping.signal.aborted || !(await options.claim(tick))) return;
      if (!stopping.signal.aborted) await options.run(tick);
    } catch (error) {
      options.failed(error);
    }
  };

  const onTick = async (tick: Instant): Promise<void> => {
    if (running || stopping.signal.aborted) return;
    running = runOnce(tick).finally(() => {
      running = undefined;
    });
    await running;
  };
  const task = schedule(every, onTick);
  if (options.afterStart !== undefined) void onTick(clock() + options.afterStart);

  return {
    async stop() {
      task.stop();
      stopping.abort();
      await running;
    },
  };
}

const cron: Schedule = (every, tick) => {
  const task = createTask(every, ({ date }) => tick(date.getTime()), {
    timezone: 'Etc/UTC',
    // What is late or left out is made good by the next tick.
    suppressMissedWarning: true,
    noOverlap: true,
    unref: true,
  });
  void task.start();
  return { stop: () => void task.destroy() };
};

function pause(length: Milliseconds, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, length);
    timer.unref();
    signal.addEventListener('abort', end);
  });
}
