import type { Clock, Milliseconds } from '../time.ts';
import { createAccept, type AcceptItems } from './accept-items.ts';
import type { Database } from './database.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { createDocuments, type Documents } from './documents.ts';
import { PAYLOAD_LIMIT } from './item.ts';
import { createItems, type Items } from './items.ts';
import { nowFrom } from './now.ts';
import { createRush } from './rush.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';
import { tick } from './tick.ts';
import { createTimers, type Timers } from './timers.ts';
import { startWorkers, type Workers, type WorkersOptions } from './workers.ts';

/** Everything that outlives the process, apart from git and GitHub: inbox, queue, timers, and a lane's own state. */
export interface Store {
  /**
   * Stores the items of one delivery, all or none, and resolves when they are on the disk. What is known by its key
   * already is passed over. Throws {@link StoreUnavailable} when nothing can be stored now, {@link NotStorable} when
   * this never can.
   */
  readonly accept: AcceptItems;
  readonly timers: Timers;
  readonly documents: Documents;
  readonly deadLetters: DeadLetters;
  readonly items: Items;
  /** True for exactly one caller in each period, whichever replica that is. */
  tick(name: string, period: Milliseconds): Promise<boolean>;
  snapshot(): Promise<Snapshot>;
  /** Resolves when the database answers and has room; throws {@link StoreUnavailable} when not. Cheap. */
  check(): Promise<void>;
  /** Starts to work the lanes in this process; once per store. */
  work(options: WorkersOptions): Workers;
  /** Stops the workers, then closes the database. */
  close(within?: Milliseconds): Promise<void>;
}

export interface StoreParts {
  readonly database: Database;
  /** For tests and simulations; without it, the database's own clock is used, the same for all replicas. */
  readonly clock?: Clock;
  /** Spreads out retries; from 0 to 1. */
  readonly random: () => number;
  /** Bytes of one payload; 1 MiB unless given. */
  readonly payloadLimit?: number;
}

export function createStore({
  database,
  clock,
  random,
  payloadLimit = PAYLOAD_LIMIT,
}: StoreParts): Store {
  const now = nowFrom(clock);
  let workers: Workers | undefined;
  const rush = createRush();
  const wake = (): void => workers?.wake();
  const accept = createAccept({
    database,
    now,
    payloadLimit,
    stored: (deliveries) => {
      rush.stored(deliveries);
      wake();
    },
  });
  return {
    accept,
    timers: createTimers(database, wake),
    documents: createDocuments(database, now),
    deadLetters: createDeadLetters(database, wake),
    items: createItems(database),
    tick: (name, period) => tick(database, now, name, period),
    snapshot: () => takeSnapshot(database, now),
    async check() {
      database.assertRoom();
      await database.query('select 1');
    },
    work(options) {
      // PostgreSQL does several things at a time; the embedded database does one.
      const waits = database.kind === 'embedded';
      const ready = (): Promise<void> => (waits ? rush.over() : Promise.resolve());
      workers = startWorkers({ database, now, random, ready }, options);
      return workers;
    },
    async close(within) {
      await workers?.stop(within);
      await database.close();
    },
  };
}
