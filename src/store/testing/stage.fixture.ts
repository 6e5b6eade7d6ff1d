import type { Instant, Milliseconds } from '../../time.ts';
import type { Database } from '../database.ts';
import type { Item } from '../item.ts';
import { createStore, type Store } from '../store.ts';
import type { Handle } from '../take-turn.ts';
import type { Workers, WorkersOptions } from '../workers.ts';

/** A clock that stands until it is moved. */
export interface MovedClock {
  (): Instant;
  forward(by: Milliseconds): void;
}

export function createClock(at: Instant = 1_800_000_000_000): MovedClock {
  let now = at;
  return Object.assign(() => now, {
    forward(by: Milliseconds) {
      now += by;
    },
  });
}

/** What a suite runs on: a database that is emptied before each test. */
export interface Stage {
  readonly database: () => Database;
}

const started: Workers[] = [];

/** Empties the database, and stops the workers of the test before. */
export async function empty(database: Database): Promise<void> {
  await Promise.all(started.splice(0).map((workers) => workers.stop(0)));
  await database.query(
    'truncate lastgood.item, lastgood.lane, lastgood.timer, lastgood.document, lastgood.tick',
  );
}

export interface Working {
  readonly store: Store;
  readonly clock: MovedClock;
  /** The turns that were handled, each as the values of its items. */
  readonly turns: unknown[][];
  readonly problems: unknown[];
  readonly work: (handle?: Handle, options?: Partial<WorkersOptions>) => Workers;
}

/** A store on the database with a clock of its own; a second one is another process's, as far as leases go. */
export function setUp(database: Database, clock = createClock()): Working {
  const store = createStore({ database, clock, random: () => 0.5 });
  const turns: unknown[][] = [];
  const problems: unknown[] = [];
  return {
    store,
    clock,
    turns,
    problems,
    work(handle, options) {
      const workers = store.work({
        poll: 20,
        ...options,
        report: (error) => problems.push(error),
        async handle(turn) {
          turns.push(turn.items.map(valueOf));
          return handle?.(turn);
        },
      });
      started.push(workers);
      return workers;
    },
  };
}

export function valueOf(item: Item): unknown {
  return item.payload;
}

export function one(lane: string, payload: string | number, priority = 0) {
  return { lane, kind: 'test', payload, priority };
}
