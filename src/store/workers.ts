/**
 * The workers of one process: they look for lanes that have something waiting and work several side by side, each
 * lane by one process at a time. Any number of processes may do so on one PostgreSQL.
 */
import { randomUUID } from 'node:crypto';
import { MINUTE, SECOND, type Milliseconds } from '../time.ts';
import type { Database } from './database.ts';
import { tellDead, type DeadLetter } from './dead-letters.ts';
import { LeaseLost } from './errors.ts';
import { claimLanes, releaseLease, renewLeases, sayGoodbye, type Lease } from './lease.ts';
import type { NowParameter } from './now.ts';
import { forgetOld, VACUUM_AFTER, type Retention } from './retention.ts';
import { takeTurn, type Handle } from './take-turn.ts';
import type { BatchBounds } from './take-items.ts';
import { messageOf } from './sqlstate.ts';
import { tick } from './tick.ts';
import { bringDue } from './timers.ts';

/** What a handler that was told to stop gets for putting its items back. */
const LAST_WORDS = 500;
/** How often it is looked for what is due while lanes are busy. */
const DUE_EVERY = 50;

export interface WorkersOptions {
  readonly handle: Handle;
  /** Lanes worked side by side in this process; 8 unless given. */
  readonly concurrency?: number;
  /** The most that one turn is given; 200 items and 8 MiB of payloads unless given. */
  readonly batch?: Partial<BatchBounds>;
  /** Tries until an item is dead; 8 unless given, which is about 2 minutes of waiting in between. */
  readonly maxTries?: number;
  /** How long a lane stays leased without a sign of life; 10 s unless given. */
  readonly lease?: Milliseconds;
  /** How long a lane is left to the process that worked it last, see {@link claimLanes}; 0 unless given. */
  readonly affinity?: Milliseconds;
  /** How long nothing may be looked for when nothing is heard; 500 ms unless given. */
  readonly poll?: Milliseconds;
  readonly retention?: Retention;
  /** Told of every dead letter at least once, so that it can page. One that throws is told again in a minute. */
  readonly died?: (letter: DeadLetter) => Promise<void>;
  /** What went wrong and is not an item's: a lost lease; a database that is gone, once as long as it says the same. */
  readonly report?: (error: unknown, lane?: string) => void;
}

export interface Workers {
  /** Looks for work now. */
  wake(): void;
  /** Resolves when nothing is being worked and nothing may be handed out now. Never, while the database is gone. */
  idle(): Promise<void>;
  /**
   * Begins nothing more, and resolves when everything begun is settled, or after `within` (10 s unless given): then
   * handlers are told by their signal, and their lanes are let go of.
   */
  stop(within?: Milliseconds): Promise<void>;
}

export interface WorkersParts {
  readonly database: Database;
  readonly now: NowParameter;
  readonly random: () => number;
  /** Resolves when work may be looked for: at once, or soon. */
  readonly ready: () => Promise<void>;
}

interface Working {
  readonly lease: Lease;
  /** When the lease was known to be held, by the process's own clock, which only runs forward. */
  heldAt: number;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export function startWorkers(parts: WorkersParts, options: WorkersOptions): Workers {
  const { database, now, random, ready } = parts;
  const { concurrency = 8, maxTries = 8, lease: length = 10 * SECOND, poll = 500 } = options;
  const { retention = {}, affinity = 0, died, report = () => {}, handle } = options;
  const batch = { items: 200, bytes: 8_388_608, ...options.batch };
  const holder = randomUUID();
  const working = new Map<string, Working>();
  const whenIdle: (() => void)[] = [];
  const alarm = createAlarm();
  const stopping = new AbortController();
  let settled = 0;

  const begin = (lease: Lease): void => {
    const abort = new AbortController();
    const counted: Handle = (turn) => {
      settled += turn.items.length;
      return handle(turn);
    };
    const turn = { database, now, random, handle: counted, batch, maxTries };
    const done = takeTurn(turn, lease, abort.signal)
      .catch((error: unknown) => report(error, lease.lane))
      .finally(() => {
        working.delete(lease.lane);
        alarm.ring();
      });
    working.set(lease.lane, { lease, heldAt: performance.now(), abort, done });
  };

  let failing: string | undefined;
  /** Looking fails again and again while the database is gone. */
  const reportOnce = (error: unknown): void => {
    const why = messageOf(error);
    if (why !== failing) report(error);
    failing = why;
  };

  let broughtAt = Number.NEGATIVE_INFINITY;
  const bring = (): Promise<boolean> => {
    broughtAt = performance.now();
    return bringDue(database, now);
  };

  /** Looks once. Answers whether there was anything. */
  const look = async (): Promise<boolean> => {
    // While lanes are busy what is due may come a little later: most looks find nothing due.
    const early = performance.now() - broughtAt >= DUE_EVERY;
    const came = early && (await bring());
    const limit = concurrency - working.size;
    if (limit < 1) return came;
    const but = [...working.keys()];
    const claim = { holder, lease: length, affinity, limit, but };
    const leases = await claimLanes(database, now, claim);
    for (const lease of leases) {
      if (stopping.signal.aborted) await releaseLease(database, lease);
      else begin(lease);
    }
    return came || leases.length > 0 || (!early && (await bring()));
  };

  const renew = async (): Promise<void> => {
    const asked = performance.now();
    const held = [...working.values()];
    const giveUp = ({ abort, lease }: Working): void => abort.abort(new LeaseLost(lease.lane));
    try {
      const leases = held.map(({ lease }) => lease);
      const lost = new Set(await renewLeases(database, now, leases, length));
      for (const one of held) {
        if (lost.has(one.lease)) giveUp(one);
        else one.heldAt = asked;
      }
    } catch (error) {
      // Cut off from the database for as long as a lease lasts, somebody else may have the lane by now.
      for (const one of held) if (asked - one.heldAt >= length) giveUp(one);
      throw error;
    }
  };

  const keepHouse = async (): Promise<void> => {
    if (died) await tellDead(database, now, died);
    if (await tick(database, now, 'forget-old', MINUTE)) {
      settled += await forgetOld(database, now, retention);
    }
    if (settled < VACUUM_AFTER) return;
    settled = 0;
    await database.vacuum('lastgood.item');
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await ready();
      // Only who asked before the look may take it for an answer, and only if no turn ended while it lasted.
      const asked = whenIdle.length;
      const quiet = working.size === 0;
      const found = await look().catch(reportOnce);
      if (found !== undefined) failing = undefined;
      if (found === false && quiet) for (const resolve of whenIdle.splice(0, asked)) resolve();
      if (found !== true || working.size >= concurrency) await alarm.wait(poll);
    }
  };

  const stopRenewing = repeat(length / 3, () => renew().catch(reportOnce));
  const stopHousework = repeat(Math.max(poll, SECOND), () => keepHouse().catch(reportOnce));
  const looping = loop();

  return {
    wake: alarm.ring,
    idle() {
      return new Promise((resolve) => {
        whenIdle.push(resolve);
        alarm.ring();
      });
    },
    async stop(within = 10 * SECOND) {
      stopping.abort();
      alarm.ring();
      await looping;
      await stopHousework();
      const ended = (): Promise<unknown> =>
        Promise.all([...working.values()].map(({ done }) => done));
      await Promise.race([ended(), after(within)]);
      for (const { abort } of working.values()) abort.abort(new Error('The process is stopping.'));
      await Promise.race([ended(), after(LAST_WORDS)]);
      for (const { lease } of working.values()) await releaseLease(database, lease).catch(report);
      await sayGoodbye(database, holder).catch(report);
      await stopRenewing();
    },
  };
}

interface Alarm {
  readonly ring: () => void;
  /** Resolves when it rings, at once if it rang since the last wait, or after the length. */
  wait(length: Milliseconds): Promise<void>;
}

function createAlarm(): Alarm {
  let rang = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring() {
      rang = true;
      wakeUp?.();
    },
    async wait(length) {
      if (!rang) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, length);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wakeUp = undefined;
      }
      rang = false;
    },
  };
}

/** Repeats the work, one run after another. Answers how to stop it, which waits for a run under way. */
function repeat(every: Milliseconds, work: () => Promise<void>): () => Promise<void> {
  let running = Promise.resolve();
  let timer = setTimeout(run, every);
  let stopped = false;
  function run(): void {
    running = work().finally(() => {
      if (!stopped) timer = setTimeout(run, every);
    });
  }
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}

function after(length: Milliseconds): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, length).unref();
  });
}
