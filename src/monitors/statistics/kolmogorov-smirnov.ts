import { sorted } from './descriptive.ts';

export interface TwoSamples {
  /** The largest distance between the two distributions, 0 to 1. */
  readonly d: number;
  /** The probability of at least this distance between two samples of one distribution, drawn independently. */
  readonly p: number;
}

/** Up to so many pairs the p-value is counted exactly: some 10 ms. */
const EXACT_PAIRS = 4_000_000;

/** Kolmogorov and Smirnov's test of two samples. NaN for an empty one. */
export function kolmogorovSmirnov(x: readonly number[], y: readonly number[]): TwoSamples {
  const n = x.length;
  const m = y.length;
  if (n === 0 || m === 0) return { d: Number.NaN, p: Number.NaN };
  const steps = largestStep(sorted(x), sorted(y));
  const d = steps / (n * m);
  return { d, p: n * m <= EXACT_PAIRS ? exactTail(n, m, steps) : limitTail(n, m, d) };
}

/** D · n · m, a whole number: the largest |i·m − j·n| where i values of x and j of y lie at or below some point. */
function largestStep(x: readonly number[], y: readonly number[]): number {
  let largest = 0;
  let i = 0;
  let j = 0;
  while (i < x.length && j < y.length) {
    const point = Math.min(x[i] ?? 0, y[j] ?? 0);
    while (i < x.length && x[i] === point) i += 1;
    while (j < y.length && y[j] === point) j += 1;
    largest = Math.max(largest, Math.abs(i * y.length - j * x.length));
  }
  return largest;
}

/**
 * The exact p-value without ties (with ties it is larger than the true one, never smaller): values are drawn from the
 * pool one by one, and the probability of each first step to the distance is added up. Only sums of positive numbers,
 * so that the smallest p keep their digits.
 */
function exactTail(n: number, m: number, steps: number): number {
  if (steps === 0) return 1;
  let tail = 0;
  // reach[j]: the probability of having i of x and j of y, and never having stood so far apart.
  let reach = new Float64Array(m + 1);
  for (let i = 0; i <= n; i += 1) {
    const next = new Float64Array(m + 1);
    for (let j = 0; j <= m; j += 1) {
      const here = i === 0 && j === 0 ? 1 : (reach[j] ?? 0);
      if (here === 0) continue;
      const left = n + m - i - j;
      if (left === 0) continue;
      const toX = (here * (n - i)) / left;
      const toY = (here * (m - j)) / left;
      if (Math.abs((i + 1) * m - j * n) >= steps) tail += toX;
      else next[j] = (next[j] ?? 0) + toX;
      if (Math.abs(i * m - (j + 1) * n) >= steps) tail += toY;
      else if (j < m) reach[j + 1] = (reach[j + 1] ?? 0) + toY;
    }
    reach = next;
  }
  return Math.min(1, tail);
}

/** Kolmogorov's limit with Stephens' correction for finite samples (JRSS B 32, 1970). */
function limitTail(n: number, m: number, d: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  const lambda = (root + 0.12 + 0.11 / root) * d;
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) {
    sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  }
  return Math.min(1, Math.max(0, sum));
}
