import { DAY, type Instant, type Milliseconds } from '../../time.ts';
import type { Sample } from '../series.ts';
import { median } from '../statistics/descriptive.ts';

/** Raw samples of the last days, in the order of time. */
export interface Recent {
  add(sample: Sample): void;
  /** Remembers how they stand; what is answered takes back what was added since. */
  mark(): () => void;
  /** The usual distance between two samples, the median of the last ones. Undefined before there are some. */
  step(): Milliseconds | undefined;
  /** The last values, the newest last; undefined while there are fewer. */
  last(count: number): readonly number[] | undefined;
  /** What was measured around this time on each of so many previous days: of each day a median of three. */
  sameTime(at: Instant, days: number): readonly number[];
}

const GAPS = 100;

export function recentSamples(keep: Milliseconds): Recent {
  let samples: Sample[] = [];
  let gap: Milliseconds | undefined;
  let known = 0;

  const indexFrom = (at: Instant): number => {
    let low = 0;
    let high = samples.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((samples[middle]?.at ?? at) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const measureStep = () => {
    const some = samples.slice(-GAPS - 1);
    gap = median(some.slice(1).map(({ at }, i) => at - (some[i]?.at ?? at)));
    known = 0;
  };
  return {
    add(sample) {
      samples.push(sample);
      known += 1;
      if (samples.length >= 2 && (samples.length < GAPS || known >= GAPS)) measureStep();
      if ((samples[0]?.at ?? 0) < sample.at - 2 * keep) {
        samples = samples.slice(indexFrom(sample.at - keep));
      }
    },
    mark() {
      const before = { samples, gap, known };
      const { length } = samples;
      return () => {
        ({ samples, gap, known } = before);
        samples.length = length;
      };
    },
    step: () => gap,
    last(count) {
      if (samples.length < count) return undefined;
      return samples.slice(-count).map(({ value }) => value);
    },
    sameTime(at, days) {
      if (gap === undefined) return [];
      const found: number[] = [];
      for (let day = 1; day <= days; day += 1) {
        const then = at - day * DAY;
        const index = indexFrom(then - gap / 2);
        const sample = samples[index];
        if (!sample || Math.abs(sample.at - then) > gap) continue;
        const near = samples.slice(Math.max(0, index - 1), index + 2);
        found.push(median(near.map(({ value }) => value)));
      }
      return found;
    },
  };
}
