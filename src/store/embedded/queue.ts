import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

/** Runs what it is given one after another, in the order in which it came. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Between two pieces of work the event loop turns once: PGlite answers without ever waiting for it, so that a long
 * queue would otherwise keep requests and timers from being heard until it is empty.
 */
export function createQueue(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.then(
      () => turnOfTheLoop(),
      () => turnOfTheLoop(),
    );
    return result;
  };
}
