import type { Sample } from '../series.ts';
import { median, quantileOfSorted, sorted } from './descriptive.ts';
import { normalQuantile } from './normal.ts';

/** A straight line through points, per millisecond. */
export interface Trend {
  readonly slope: number;
  /** The slopes between which the true one lies with the wanted confidence. */
  readonly lowSlope: number;
  readonly highSlope: number;
  /** The line's value at a moment. */
  readonly valueAt: (at: number) => number;
}

/** Beyond so many points every further pair tells next to nothing: 300 points have 44,850 pairs. */
const MOST_POINTS = 300;

/**
 * Theil and Sen's line: the median of the slopes of all pairs of points, which a quarter of wild points cannot move.
 * The interval is Sen's (JASA 63, 1968): the slopes at the ranks that the variance of Kendall's statistic gives,
 * without a correction for ties. Undefined with fewer than three points.
 */
export function theilSen(points: readonly Sample[], confidence: number): Trend | undefined {
  const some = thin(points);
  const first = some[0];
  if (!first || some.length < 3) return undefined;
  const slopes: number[] = [];
  some.forEach((left, i) => {
    for (const right of some.slice(i + 1)) {
      slopes.push((right.value - left.value) / (right.at - left.at));
    }
  });
  const order = sorted(slopes);
  const n = some.length;
  const spread = normalQuantile((1 + confidence) / 2) * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const share = Math.min(spread / order.length / 2, 0.5);
  const slope = quantileOfSorted(order, 0.5);
  const level = median(some.map(({ at, value }) => value - slope * (at - first.at)));
  return {
    slope,
    lowSlope: quantileOfSorted(order, 0.5 - share),
    highSlope: quantileOfSorted(order, 0.5 + share),
    valueAt: (at) => level + slope * (at - first.at),
  };
}

/** Evenly spread points of too many; the first and the last stay. */
function thin(points: readonly Sample[]): readonly Sample[] {
  if (points.length <= MOST_POINTS) return points;
  const step = (points.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, i) => points[Math.round(i * step)]).filter(
    (point) => point !== undefined,
  );
}
