import type { Instant } from '../time.ts';

/** The index of the last of some things that was there at a moment, -1 when none was yet; oldest first. */
export function lastUpTo<Thing>(
  things: readonly Thing[],
  now: Instant,
  since: (thing: Thing) => Instant,
): number {
  let low = 0;
  let high = things.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const thing = things[middle];
    if (thing !== undefined && since(thing) <= now) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
