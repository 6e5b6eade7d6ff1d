import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, medianAbsoluteDeviation, mean, quantile } from './descriptive.ts';
import { findRoot } from './find-root.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { commonLanguageEffect, mannWhitney } from './mann-whitney.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { binEdges, countInBins, stabilityIndex } from './population-stability.ts';
import { theilSen } from './theil-sen.ts';
import { wilson } from './wilson.ts';

interface Pair {
  readonly name: string;
  readonly reference: readonly number[];
  readonly current: readonly number[];
  readonly ks: { readonly D: number; readonly p: number; readonly method: string };
  readonly mannWhitney: { readonly U: number; readonly p: number };
  readonly psi10: { readonly value: number };
  readonly quantiles_ref_R7: Readonly<Record<string, number>>;
  readonly mad_ref: number;
}

interface Scipy {
  readonly quantiles: readonly (readonly [number, number])[];
  readonly cdf: readonly (readonly [number, number])[];
  readonly ks: readonly { x: number[]; y: number[]; d: number; p: number }[];
  readonly theilSen: readonly {
    values: number[];
    confidence: number;
    slope: number;
    low: number;
    high: number;
  }[];
  readonly wilson: readonly (readonly [number, number, number, number])[];
}

function read(name: string): string {
  return readFileSync(new URL(`../../../fixtures/vectors/${name}.json`, import.meta.url), 'utf8');
}

const pairs: readonly Pair[] = JSON.parse(read('statistics'));
const scipy: Scipy = JSON.parse(read('scipy'));

/** How far a number is from the wanted one, in parts of it. */
const error = (got: number, wanted: number) =>
  wanted === 0 ? Math.abs(got) : Math.abs(got / wanted - 1);

describe('real pairs of samples, by the vectors of SciPy', () => {
  it.each(pairs)('$name', (pair) => {
    const ks = kolmogorovSmirnov(pair.reference, pair.current);
    expect(ks.d).toBeCloseTo(pair.ks.D, 12);
    // Where SciPy took its limit for large samples, ours is exact.
    const near = pair.ks.method === 'exact' ? 1e-9 : 0.25;
    expect(Math.abs(ks.p - pair.ks.p)).toBeLessThan(near * pair.ks.p + 1e-200);

    const ranks = mannWhitney(pair.reference, pair.current);
    expect(ranks.u).toBe(pair.mannWhitney.U);
    expect(error(ranks.p, pair.mannWhitney.p)).toBeLessThan(1e-9);

    const edges = binEdges(pair.reference);
    const index = stabilityIndex(
      countInBins(pair.reference, edges),
      countInBins(pair.current, edges),
    );
    expect(index).toBeCloseTo(pair.psi10.value, 10);
    for (const [at, value] of Object.entries(pair.quantiles_ref_R7)) {
      expect(quantile(pair.reference, Number(at))).toBeCloseTo(value, 10);
    }
    expect(medianAbsoluteDeviation(pair.reference)).toBeCloseTo(pair.mad_ref, 12);
  });
});

describe('the normal distribution', () => {
  it.each(scipy.quantiles)('has the quantile of %d at %d', (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-12 * Math.max(1, Math.abs(x)));
  });

  it.each(scipy.cdf)('has below %d the share %d', (x, share) => {
    expect(error(normalCdf(x), share)).toBeLessThan(1e-12);
  });

  it('is infinite at its ends, and nothing outside', () => {
    expect([0, 1, -0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(normalCdf(Number.NaN)).toBeNaN();
  });

  it('comes back where it started', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 4, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe('the exact test of Kolmogorov and Smirnov, by SciPy', () => {
  it.each(scipy.ks.map((one) => ({ ...one, sizes: [one.x.length, one.y.length] })))(
    '$sizes',
    ({ x, y, d, p }) => {
      const got = kolmogorovSmirnov(x, y);
      expect(got.d).toBeCloseTo(d, 12);
      expect(error(got.p, p)).toBeLessThan(1e-9);
    },
  );

  it('is near its limit where samples are too large to count', () => {
    const even = (size: number, shift: number) =>
      Array.from({ length: size }, (_, i) => i / size + shift);
    const { d, p } = kolmogorovSmirnov(even(2_100, 0), even(2_000, 0.04));
    expect(d).toBeCloseTo(0.04, 3);
    const exact = kolmogorovSmirnov(even(2_000, 0), even(1_990, 0.04)).p;
    expect(error(p, exact)).toBeLessThan(0.15);
  });
});

describe('the line of Theil and Sen, by SciPy', () => {
  it.each(scipy.theilSen)('$slope', ({ values, confidence, slope, low, high }) => {
    const trend = theilSen(
      values.map((value, at) => ({ at, value })),
      confidence,
    );
    expect(trend?.slope).toBeCloseTo(slope, 12);
    // SciPy takes whole ranks, and this interpolates between two.
    expect(trend?.lowSlope).toBeGreaterThan(low - 0.02);
    expect(trend?.lowSlope).toBeLessThan(slope);
    expect(trend?.highSlope).toBeLessThan(high + 0.02);
    expect(trend?.highSlope).toBeGreaterThan(slope);
  });
});

describe("Wilson's interval, by SciPy", () => {
  it.each(scipy.wilson)('%d of %d', (hits, of, low, high) => {
    const got = wilson(hits, of);
    expect(got.low).toBeCloseTo(low, 10);
    expect(got.high).toBeCloseTo(high, 10);
  });
});

const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 25 });

describe('against plain definitions, on random samples', () => {
  it('counts how often one value lies above another', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const wins = x.flatMap((a) => y.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const all = wins.reduce<number>((sum, win) => sum + win, 0);
        expect(mannWhitney(x, y).u).toBe(all);
        expect(commonLanguageEffect(x, y)).toBeCloseTo(all / wins.length, 12);
      }),
    );
  });

  it('finds the largest distance between two distributions', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const below = (values: number[], point: number) =>
          values.filter((value) => value <= point).length / values.length;
        const distances = [...x, ...y].map((point) => Math.abs(below(x, point) - below(y, point)));
        expect(kolmogorovSmirnov(x, y).d).toBeCloseTo(Math.max(...distances), 12);
      }),
    );
  });

  it('has no p-value outside of 0 to 1', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        for (const p of [kolmogorovSmirnov(x, y).p, mannWhitney(x, y).p]) {
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('has half of the values on each side of the median', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const middle = median(values);
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(
          values.length / 2,
        );
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(
          values.length / 2,
        );
        const sum = values.reduce((a, b) => a + b, 0);
        expect(mean(values)).toBeCloseTo(sum / values.length, 10);
      }),
    );
  });
});

describe('a root', () => {
  it('is found where the sign changes', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (root) => {
        const found = findRoot((x) => (x - root) * (1 + x * x), -6, 6, {
          tolerance: 1e-9,
          steps: 1_000,
        });
        expect(found).toBeCloseTo(root, 8);
      }),
    );
  });

  it('is not known if the steps do not suffice', () => {
    expect(findRoot((x) => x - 0.3, -1e9, 1, { tolerance: 0, steps: 0 })).toBeUndefined();
  });
});
