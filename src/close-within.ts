import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from './time.ts';

/** One part of what has to be closed, by its name in the log. `left` is what remains of the bound. */
export type Closing = readonly [
  name: string,
  close: (left: Milliseconds) => Promise<unknown> | undefined,
];

/**
 * Closes one part after another, all of them within the bound: a part that is late is left behind, and the next one is
 * closed. `told` hears of each that was late, or failed.
 */
export async function closeWithin(
  bound: Milliseconds,
  parts: readonly Closing[],
  told: (name: string, error?: unknown) => void,
): Promise<void> {
  const end = performance.now() + bound;
  for (const [name, close] of parts) {
    const left = Math.max(0, end - performance.now());
    const stop = new AbortController();
    const late = sleep(left, 'late' as const, { ref: false, signal: stop.signal });
    try {
      const closed = Promise.resolve(close(left)).then(() => 'closed' as const);
      if ((await Promise.race([closed, late])) === 'late') told(name);
    } catch (error) {
      told(name, error);
    } finally {
      late.catch(() => undefined);
      stop.abort();
    }
  }
}
