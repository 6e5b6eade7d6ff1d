import { medianSorted, quantileSorted } from 'simple-statistics';
import { rate, valuesOf, type Series } from '../series.ts';

/** What a window comes down to: one number. A rate is for counters, per second. */
export type Statistic =
  | { readonly kind: 'mean' }
  | { readonly kind: 'quantile'; readonly quantile: number }
  | { readonly kind: 'rate' };

/** The statistic of a window; undefined where it has none. */
export function measure(series: Series, statistic: Statistic): number | undefined {
  if (statistic.kind === 'rate') return rate(series);
  if (series.points.length === 0) return undefined;
  if (statistic.kind === 'mean') return meanOfPoints(series);
  return quantileOfSorted(inOrder(valuesOf(series)), statistic.quantile);
}

/** As {@link mean}: it is taken at every look, so nothing is copied for it. */
function meanOfPoints({ points }: Series): number {
  let average = 0;
  let count = 0;
  for (const { value } of points) {
    count += 1;
    average += value / count - average / count;
  }
  return average;
}

/** The arithmetic mean, without overflow for values whose sum is too large for a number. NaN for none. */
export function mean(values: readonly number[]): number {
  let average = 0;
  values.forEach((value, i) => {
    average += value / (i + 1) - average / (i + 1);
  });
  return values.length === 0 ? Number.NaN : average;
}

/** The quantile by linear interpolation (Hyndman and Fan's type 7, the default of R and NumPy). NaN for no values. */
export function quantile(values: readonly number[], at: number): number {
  return quantileOfSorted(sorted(values), at);
}

/** As {@link quantile}, of values that are sorted already. */
export function quantileOfSorted(values: readonly number[], at: number): number {
  if (values.length === 0) return Number.NaN;
  return quantileSorted(values, Math.min(Math.max(at, 0), 1));
}

export function median(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : medianSorted(sorted(values));
}

/** The median of the distances from the median: a scale that half of the values cannot move. */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const center = median(values);
  return median(values.map((value) => Math.abs(value - center)));
}

/** A median absolute deviation times this estimates the standard deviation of normal values: 1 / Φ⁻¹(3/4). */
export const MAD_TO_SIGMA = 1.482602218505602;

/** A sorted copy. */
export function sorted(values: readonly number[]): number[] {
  return inOrder([...values]);
}

/** Up to so many values, putting each one in its place is faster than a sort with a comparison. */
const FEW = 64;

/** Sorts the values where they are. Those that compare the same stay in their order. */
function inOrder(values: number[]): number[] {
  if (values.length > FEW) return values.sort((a, b) => a - b);
  for (let i = 1; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    let place = i - 1;
    for (; place >= 0; place -= 1) {
      const before = values[place] ?? 0;
      if (!(before > value)) break;
      values[place + 1] = before;
    }
    values[place + 1] = value;
  }
  return values;
}
