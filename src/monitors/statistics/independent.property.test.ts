/** Every statistic against another way to the same number, on random input. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../time.ts';
import { ANOMALY_DEFAULTS, createDetector } from '../anomaly/detect.ts';
import { alphaOfLook } from '../alpha-spending.ts';
import { BURN_WINDOWS, judgeBurnRate } from '../judge-burn-rate.ts';
import { addToCusum, CHANGE_POINT_DEFAULTS, NO_CHANGE } from '../judge-change-point.ts';
import { NOW } from '../judge.fixture.ts';
import type { Sample } from '../series.ts';
import { medianAbsoluteDeviation, quantile } from './descriptive.ts';
import { mannWhitney } from './mann-whitney.ts';
import { normalQuantile } from './normal.ts';
import { binEdges, countInBins, stabilityIndex } from './population-stability.ts';
import { theilSen } from './theil-sen.ts';
import { wilson } from './wilson.ts';

const number = fc.integer({ min: -1_000, max: 1_000 }).map((one) => one / 8);
const numbers = fc.array(number, { minLength: 2, maxLength: 40 });
const ordered = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Type 7 by its definition: the line through the order statistics at (k − 1) ÷ (n − 1). */
function typeSeven(values: readonly number[], at: number): number {
  const all = ordered(values);
  const k = Math.max(1, Math.min(all.length - 1, Math.floor(at * (all.length - 1)) + 1));
  const [low = 0, high = 0] = [all[k - 1], all[k]];
  return low + (high - low) * (at * (all.length - 1) - (k - 1));
}

describe('Mann and Whitney', () => {
  const { mannWhitney: vectors } = JSON.parse(
    readFileSync(new URL('../../../fixtures/vectors/scipy.json', import.meta.url), 'utf8'),
  ) as { mannWhitney: { x: number[]; y: number[]; u: number; p: number }[] };
  it.each(vectors.map((one) => ({ ...one, sizes: [one.x.length, one.y.length] })))(
    'is that of SciPy for $sizes',
    ({ x, y, u, p }) => {
      const got = mannWhitney(x, y);
      expect(got.u).toBe(u);
      expect(Math.abs(got.p / p - 1)).toBeLessThan(1e-9);
    },
  );
});

test('quantiles and the median absolute deviation are those of their definitions', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, at) => {
      expect(quantile(values, at)).toBeCloseTo(typeSeven(values, at), 9);
      const middle = typeSeven(values, 0.5);
      const distances = values.map((value) => Math.abs(value - middle));
      expect(medianAbsoluteDeviation(values)).toBeCloseTo(typeSeven(distances, 0.5), 9);
    }),
  );
});

test('the stability index is the sum over bins of equal shares of the reference', () => {
  fc.assert(
    fc.property(numbers, numbers, (reference, current) => {
      const edges = binEdges(reference);
      // Each share is counted on its own, between two edges.
      const share = (values: readonly number[], from: number, to: number) =>
        Math.max(values.filter((one) => one >= from && one < to).length / values.length, 1e-4);
      const ends = [-Infinity, ...edges, Infinity];
      const index = ends.slice(1).reduce((sum, to, i) => {
        const from = ends[i] ?? 0;
        const [p, q] = [share(reference, from, to), share(current, from, to)];
        return sum + (q - p) * (Math.log(q) - Math.log(p));
      }, 0);
      const got = stabilityIndex(countInBins(reference, edges), countInBins(current, edges));
      expect(got).toBeCloseTo(index, 9);
      const deciles = Array.from({ length: 9 }, (_, i) => typeSeven(reference, (i + 1) / 10));
      const [least, most] = [Math.min(...reference), Math.max(...reference)];
      for (const edge of edges) {
        const known = deciles.some((one) => Math.abs(one - edge) < 1e-9);
        expect(known || (edges.length === 1 && edge === most)).toBe(true);
        expect(edge).toBeGreaterThan(least);
      }
    }),
  );
});

test('the line of Theil and Sen has the median of all slopes', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 3, maxLength: 25 }), (values) => {
      const slopes = values.flatMap((from, i) =>
        values.slice(i + 1).map((to, k) => (to - from) / (k + 1)),
      );
      const slope = typeSeven(slopes, 0.5);
      const got = theilSen(
        values.map((value, at) => ({ at, value })),
        0.9,
      );
      expect(got?.slope).toBeCloseTo(slope, 9);
      const levels = values.map((value, at) => value - slope * at);
      expect(got?.valueAt(7)).toBeCloseTo(typeSeven(levels, 0.5) + slope * 7, 6);
      // Sen's ranks: of N slopes those (N ± C) ÷ 2 from the ends, C by the variance of Kendall's statistic.
      const n = values.length;
      const c = normalQuantile(0.95) * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
      const all = ordered(slopes);
      const low = all[Math.max(0, Math.ceil((all.length - c) / 2))] ?? 0;
      const high = all[Math.min(all.length - 1, Math.floor((all.length + c) / 2))] ?? 0;
      expect(got?.lowSlope).toBeLessThanOrEqual(low + 1e-9);
      expect(got?.highSlope).toBeGreaterThanOrEqual(Math.min(high, slope) - 1e-9);
    }),
  );
});

test("Wilson's ends are where a share lies z standard errors off", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(5_000), (of, some) => {
      const hits = Math.min(of, some);
      const z = normalQuantile(0.975);
      for (const end of Object.values(wilson(hits, of))) {
        if (end <= 1e-12 || end >= 1 - 1e-12) continue;
        const errors = (hits / of - end) / Math.sqrt((end * (1 - end)) / of);
        expect(Math.abs(errors)).toBeCloseTo(z, 5);
      }
    }),
  );
});

test('a cumulative sum is the largest sum over the newest values, or none', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -6, max: 6, noNaN: true })), (values) => {
      const { slack, clip } = CHANGE_POINT_DEFAULTS;
      const got = values.reduce(
        (sum, value, at) => addToCusum(sum, { at, value }, { slack, clip }),
        NO_CHANGE,
      );
      const clipped = values.map((one) => Math.min(clip, Math.max(-clip, one)));
      const newest = (sign: 1 | -1) =>
        Math.max(
          0,
          ...clipped.map((_, i) => clipped.slice(i).reduce((a, b) => a + sign * b - slack, 0)),
        );
      expect(got.high).toBeCloseTo(newest(1), 9);
      expect(got.low).toBeCloseTo(newest(-1), 9);
    }),
  );
});

test('a burn rate is the errors of both windows in parts of what is allowed', () => {
  const minute = fc.record({
    errors: fc.integer({ min: 0, max: 40 }),
    more: fc.integer({ min: 0, max: 200 }),
  });
  const minutes = fc.array(minute, { minLength: 30, maxLength: 420 });
  fc.assert(
    fc.property(minutes, fc.constantFrom(0.9, 0.99, 0.999), (all, objective) => {
      const releasedAt = NOW - (all.length - 1) * MINUTE;
      let [errors, total] = [0, 0];
      const counted = all.map((one, i) => {
        errors += one.errors;
        total += one.errors + one.more;
        return { at: releasedAt + i * MINUTE, errors, total };
      });
      const pick = (key: 'errors' | 'total'): Sample[] =>
        counted.map((one) => ({ at: one.at, value: one[key] }));
      const windows = BURN_WINDOWS.slice(0, 2);
      const period = 30 * DAY;
      const { verdict } = judgeBurnRate(
        { objective, period, windows, minSamples: 3 },
        { kind: 'counters', errors: pick('errors'), total: pick('total') },
        { at: NOW, releasedAt },
      );
      // Every minute's events by themselves; the first reading of a counter is no event.
      const burns = (window: number) => {
        const inside = all.slice(1).filter((_, i) => releasedAt + i * MINUTE >= NOW - window);
        const bad = inside.reduce((sum, one) => sum + one.errors, 0);
        const events = inside.reduce((sum, one) => sum + one.errors + one.more, 0);
        const covered = Math.min(1, (NOW - releasedAt) / window);
        return events === 0 ? 0 : (covered * bad) / events / (1 - objective);
      };
      const factors = [14.4, 6];
      const bad = windows.some(({ long, short }, i) =>
        [long, short].every((window) => burns(window) > (factors[i] ?? 0) + 1e-9),
      );
      const near = windows.some(({ long, short }, i) =>
        [long, short].some((window) => Math.abs(burns(window) - (factors[i] ?? 0)) < 1e-6),
      );
      // At the bound itself rounding decides.
      expect(near ? 'near' : verdict).toBe(near ? 'near' : bad ? 'bad' : 'good');
    }),
    { numRuns: 60 },
  );
});

test('an anomaly is so many deviations off as all that was learned says', () => {
  const rule = { ...ANOMALY_DEFAULTS, memory: DAY, warmUp: 6 * HOUR, familiar: Infinity };
  const only = { ...rule, seasonBound: Infinity };
  const values = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 300, maxLength: 350 });
  fc.assert(
    fc.property(values, (some) => {
      const detector = createDetector(only);
      const learned: Sample[] = [];
      some.forEach((value, i) => {
        const at = i * 10 * MINUTE;
        const inside = learned.filter((one) => one.at >= at - rule.memory).map((one) => one.value);
        const mean = meanOf(inside);
        const deviation = Math.sqrt(meanOf(inside.map((one) => (one - mean) ** 2)));
        const reading = detector.add({ at, value });
        const level = Math.abs(value - mean) / deviation;
        const hour = ordered(some.slice(Math.max(0, i - 5), i + 1));
        const shift = Math.abs(typeSeven(hour, 0.5) - mean) / deviation;
        const shifted = at >= 2 * DAY && shift >= rule.shiftBound;
        const { distance, anomalous } = reading ?? {};
        const wanted = reading && { level, season: Number.NaN, shift }[reading.view];
        expect(distance ?? 0).toBeCloseTo(wanted ?? 0, 6);
        expect(anomalous ?? false).toBe(reading !== undefined && (level >= 4.5 || shifted));
        const reach = rule.clip * deviation;
        const clipped = Math.min(mean + reach, Math.max(mean - reach, value));
        learned.push({ at, value: inside.length >= rule.minSamples ? clipped : value });
      });
    }),
    { numRuns: 20 },
  );
});

test('what looks may spend adds up to what all of them may', () => {
  const looks = fc.integer({ min: 1, max: 300 });
  const shape = fc.constantFrom('late' as const, 'even' as const);
  fc.assert(
    fc.property(
      looks,
      shape,
      fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      (n, form, alpha) => {
        const spending = { alpha, looks: n, shape: form };
        const all = Array.from({ length: n }, (_, i) => alphaOfLook(spending, i + 1));
        expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(alpha, 9);
        expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
        expect(alphaOfLook(spending, n + 1)).toBe(0);
      },
    ),
  );
});
