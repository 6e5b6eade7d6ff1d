import type { Instant, Milliseconds } from '../../time.ts';

/** The mean and the standard deviation of what was added within some time. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
}

export interface SlidingMoments {
  /** As they stand at a moment; what is older than the window is forgotten. */
  at(now: Instant): Moments;
  add(at: Instant, value: number): void;
  /** Remembers how they stand; what is answered takes them back, as long as nothing was added since. */
  mark(): () => void;
}

/** After so many steps the sums are taken anew, so that rounding errors do not add up. */
const RENEW_AFTER = 1_000;

/** A variance of so little of the squared distance from the origin is rounding. */
const NO_DIGITS = 1e-8;

/** Keeps the moments of a window that slides. Values are added in the order of time. */
export function slidingMoments(window: Milliseconds): SlidingMoments {
  let times: Instant[] = [];
  let values: number[] = [];
  let first = 0;
  let steps = 0;
  // Sums of distances from a value inside the window: squares of large values would swallow the small differences.
  let origin = 0;
  let sum = 0;
  let squares = 0;

  const renew = () => {
    times = times.slice(first);
    values = values.slice(first);
    first = 0;
    steps = 0;
    origin = values[0] ?? 0;
    sum = values.reduce((total, value) => total + (value - origin), 0);
    squares = values.reduce((total, value) => total + (value - origin) ** 2, 0);
  };
  const forget = (now: Instant) => {
    while (first < times.length && (times[first] ?? now) < now - window) {
      const distance = (values[first] ?? origin) - origin;
      sum -= distance;
      squares -= distance ** 2;
      first += 1;
      steps += 1;
      // At the same step however often it is asked, so that the digits do not depend on that.
      if (steps > RENEW_AFTER) renew();
    }
  };
  /** Far from the origin the difference of two large sums has no digits left. */
  const isSpent = (count: number): boolean =>
    squares / count - (sum / count) ** 2 < NO_DIGITS * (sum / count) ** 2;
  return {
    at(now) {
      forget(now);
      const count = values.length - first;
      if (count === 0) return { count, mean: Number.NaN, deviation: Number.NaN };
      if (isSpent(count)) return anew(values, first);
      const mean = sum / count;
      const variance = Math.max(0, squares / count - mean ** 2);
      return { count, mean: origin + mean, deviation: Math.sqrt(variance) };
    },
    add(at, value) {
      if (times.length === first) origin = value;
      times.push(at);
      values.push(value);
      sum += value - origin;
      squares += (value - origin) ** 2;
      if (isSpent(values.length - first)) renew();
    },
    mark() {
      const before = { times, values, first, steps, origin, sum, squares };
      return () => ({ times, values, first, steps, origin, sum, squares } = before);
    },
  };
}

/** The moments of values from an index on, by sums of their own. */
function anew(values: readonly number[], first: number): Moments {
  const origin = values[first] ?? 0;
  const count = values.length - first;
  let sum = 0;
  let squares = 0;
  for (let i = first; i < values.length; i += 1) {
    const distance = (values[i] ?? origin) - origin;
    sum += distance;
    squares += distance ** 2;
  }
  const mean = sum / count;
  const variance = Math.max(0, squares / count - mean ** 2);
  return { count, mean: origin + mean, deviation: Math.sqrt(variance) };
}
