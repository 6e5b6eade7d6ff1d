import { MINUTE, SECOND, type Milliseconds } from '../time.ts';

const FIRST = SECOND;
const LONGEST = 10 * MINUTE;

/**
 * How long to wait after the n-th failure: 1 s, doubled each time, at most 10 min, of which a random part between
 * the half and the whole, so that what failed together does not come back together.
 */
export function backoff(failures: number, random: () => number): Milliseconds {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return whole / 2 + (whole / 2) * random();
}
