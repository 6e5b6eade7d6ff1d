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
  const values = valuesOf(series);
  if (values.length === 0) return undefined;
  return statistic.kind === 'mean' ? mean(values) : quantile(values, statistic.quantile);
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
  return [...values].sort((a, b) => a - b);
}
