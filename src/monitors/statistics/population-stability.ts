import { quantileOfSorted, sorted } from './descriptive.ts';

/** A share below this counts as this: an empty bin would make the index infinite. */
const FLOOR = 1e-4;

/**
 * The population stability index Σ(q − p)·ln(q/p) of two histograms over the same bins, counts in any unit. NaN where
 * one of them is empty.
 */
export function stabilityIndex(reference: readonly number[], current: readonly number[]): number {
  const before = sum(reference);
  const now = sum(current);
  if (!(before > 0 && now > 0)) return Number.NaN;
  return reference.reduce((index, count, i) => {
    const p = Math.max(count / before, FLOOR);
    const q = Math.max((current[i] ?? 0) / now, FLOOR);
    return index + (q - p) * Math.log(q / p);
  }, 0);
}

/**
 * Ten bins with equal shares of the reference, the outer ones open; fewer where values repeat. Two values have a bin
 * each; one value has none, and nothing can be compared with it.
 */
export function binEdges(reference: readonly number[], bins = 10): number[] {
  const values = sorted(reference);
  const quantiles = Array.from({ length: bins + 1 }, (_, i) => quantileOfSorted(values, i / bins));
  const different = [...new Set(quantiles)];
  return different.length === 2 ? different.slice(1) : different.slice(1, -1);
}

/** How many values lie in each bin; a value on an edge belongs to the bin above. */
export function countInBins(values: readonly number[], edges: readonly number[]): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    const above = edges.findIndex((edge) => value < edge);
    const bin = above === -1 ? edges.length : above;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
