import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from '../time.ts';

/** Whether more arrives at a time than is stored one by one. */
export interface Rush {
  stored(deliveries: number): void;
  /** Resolves when there is no rush, and soon while there is one. */
  over(): Promise<void>;
}

/** So many deliveries that wait for the database together are a rush. */
const TOGETHER = 4;
/** A rush is over when so long nothing came together. */
const CALM_AFTER = 20;
/** For so long at most work waits for arrivals. */
const LONGEST: Milliseconds = 100;

/**
 * In a rush what arrives goes before what waits to be worked on: a sender whose answer is late sends again, and what
 * was stored is worked on in larger pieces. Work goes on all the while, a little later.
 */
export function createRush(clock: () => Milliseconds = () => performance.now()): Rush {
  let last = Number.NEGATIVE_INFINITY;
  return {
    stored(deliveries) {
      if (deliveries >= TOGETHER) last = clock();
    },
    async over() {
      const until = clock() + LONGEST;
      for (let now = clock(); now < until && now - last < CALM_AFTER; now = clock()) {
        await sleep(Math.min(CALM_AFTER, until - now));
      }
    },
  };
}
