import type { Milliseconds } from '../time.ts';

/** How long something took, over several times. */
export interface Spread {
  readonly count: number;
  readonly mean: Milliseconds;
  readonly p50: Milliseconds;
  readonly p90: Milliseconds;
  readonly p99: Milliseconds;
  readonly longest: Milliseconds;
}

/** The spread of some lengths, by nearest rank: the smallest value that so many per cent do not exceed. */
export function spreadOf(lengths: readonly Milliseconds[]): Spread | undefined {
  if (lengths.length === 0) return undefined;
  const sorted = lengths.toSorted((a, b) => a - b);
  const rank = (share: number): Milliseconds =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    p50: rank(0.5),
    p90: rank(0.9),
    p99: rank(0.99),
    longest: rank(1),
  };
}
