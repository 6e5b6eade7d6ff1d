import type { Instant, Milliseconds } from '../../time.ts';

/** A stretch of time in which a metric stood far from what is usual. */
interface Excursion {
  /** How far, at most, in the metric's unit. */
  peak: number;
  last: Instant;
}

export interface Excursions {
  /** How many earlier excursions went at least nearly as far as this one. */
  like(at: Instant, distance: number): number;
  /** Takes note of one more sample that stands so far out. */
  note(at: Instant, distance: number): void;
  /** Remembers how they stand; what is answered takes them back, as long as nothing was noted since. */
  mark(): () => void;
}

export interface ExcursionRule {
  /** What is older is forgotten. */
  readonly memory: Milliseconds;
  /** From this part of the distance on one is like the other. */
  readonly likeness: number;
  /** Samples at most so far apart belong to one excursion. */
  readonly gap: Milliseconds;
}

/**
 * Remembers excursions, so that what comes again and again becomes usual: the nightly backup and the hourly batch are
 * spikes by every measure of distance, and nobody wants to hear of them for the tenth time.
 */
export function rememberExcursions({ memory, likeness, gap }: ExcursionRule): Excursions {
  let all: Excursion[] = [];
  const ongoing = (at: Instant) => {
    const newest = all.at(-1);
    return newest && at - newest.last <= gap ? newest : undefined;
  };
  return {
    like(at, distance) {
      all = all.filter(({ last }) => last >= at - memory);
      const now = ongoing(at);
      return all.filter((one) => one !== now && one.peak >= likeness * distance).length;
    },
    note(at, distance) {
      const now = ongoing(at);
      if (!now) {
        all.push({ peak: distance, last: at });
        return;
      }
      now.last = at;
      now.peak = Math.max(now.peak, distance);
    },
    mark() {
      const before = all;
      return () => (all = before);
    },
  };
}
