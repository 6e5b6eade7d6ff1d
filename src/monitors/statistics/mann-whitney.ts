import { findRoot } from './find-root.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** As R's `wilcox.test` and Kayenta search the shift: the answers carry an absolute error of up to this. */
const SHIFT = { tolerance: 1e-4, steps: 1_000 };

/** By how much one sample lies above another. */
export interface ShiftInterval {
  readonly low: number;
  readonly high: number;
  /** Like the Hodges-Lehmann estimate: the shift at which the ranks no longer differ. */
  readonly estimate: number;
}

export interface RankSums {
  /** The sum of the ranks of the first sample, ties sharing the mean of theirs. */
  readonly rankSum: number;
  /** Σ(t³ − t) over the groups of t equal values. */
  readonly ties: number;
}

/** Ranks two samples together. */
export function rankTogether(x: readonly number[], y: readonly number[]): RankSums {
  const n = x.length;
  const values = Float64Array.from([...x, ...y]);
  const order = Float64Array.from(values).sort();
  let ties = 0;
  const rankOf = new Map<number, number>();
  for (let i = 0; i < order.length;) {
    const value = order[i] ?? 0;
    let end = i + 1;
    while (order[end] === value) end += 1;
    const tied = end - i;
    ties += tied ** 3 - tied;
    rankOf.set(value, (i + 1 + end) / 2);
    i = end;
  }
  let rankSum = 0;
  for (let i = 0; i < n; i += 1) rankSum += rankOf.get(values[i] ?? 0) ?? 0;
  return { rankSum, ties };
}

/**
 * Mann and Whitney's statistic of x − shift against y in units of its standard deviation, with the correction for
 * continuity, less `quantile`. NaN if all values are equal: then it has no deviation.
 */
export function rankDifference(
  x: readonly number[],
  y: readonly number[],
  shift: number,
  quantile: number,
): number {
  const shifted = x.map((value) => value - shift);
  const { rankSum, ties } = rankTogether(shifted, y);
  const n = x.length;
  const m = y.length;
  const w = rankSum - (n * (n + 1)) / 2 - (n * m) / 2;
  const all = n + m;
  const sigma = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  return (w - Math.sign(w) * 0.5) / sigma - quantile;
}

/**
 * The confidence interval and the estimate of the shift between x and y: R's asymptotic interval of `wilcox.test`
 * (two-sided, corrected) as Kayenta has it (kayenta-mannwhitney, MannWhitney.scala). With x as the new release and y
 * as the old one, an interval above zero says that the new one is higher. Undefined for values that are all equal.
 */
export function shiftInterval(
  x: readonly number[],
  y: readonly number[],
  confidence: number,
): ShiftInterval | undefined {
  if (x.length === 0 || y.length === 0) return undefined;
  const lowest = min(x) - max(y);
  const highest = max(x) - min(y);
  const z = normalQuantile((1 - confidence) / 2);
  const root = (quantile: number): number | undefined => {
    const atLowest = rankDifference(x, y, lowest, quantile);
    const atHighest = rankDifference(x, y, highest, quantile);
    if (Number.isNaN(atLowest) || Number.isNaN(atHighest)) return undefined;
    if (atLowest <= 0) return lowest;
    if (atHighest >= 0) return highest;
    return findRoot((shift) => rankDifference(x, y, shift, quantile), lowest, highest, SHIFT);
  };
  const low = root(-z);
  const high = root(z);
  const estimate = root(0);
  if (low === undefined || high === undefined || estimate === undefined) return undefined;
  return { low, high, estimate };
}

/** Mann and Whitney's U of x, and the two-sided p by the normal approximation with ties and continuity corrected. */
export function mannWhitney(x: readonly number[], y: readonly number[]): { u: number; p: number } {
  const { rankSum } = rankTogether(x, y);
  const z = rankDifference(x, y, 0, 0);
  const p = Number.isNaN(z) ? 1 : Math.min(1, 2 * normalCdf(-Math.abs(z)));
  return { u: rankSum - (x.length * (x.length + 1)) / 2, p };
}

/** The common language effect size: how often a value of x lies above one of y, ties counting half. */
export function commonLanguageEffect(x: readonly number[], y: readonly number[]): number {
  const { rankSum } = rankTogether(x, y);
  return (2 * rankSum - x.length * (x.length + 1)) / (2 * x.length * y.length);
}

function min(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function max(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
