import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '../time.ts';
import {
  BURN_WINDOWS,
  burnFactor,
  judgeBurnRate,
  type BurnRateRule,
  type ErrorRate,
} from './judge-burn-rate.ts';
import { whyUnfit } from './judgement.ts';
import { judgeRegression, type RegressionRule } from './judge-regression.ts';
import { keep, keepNone, reading, type KeptSamples } from './kept-samples.ts';
import { increase, readSeries, type Sample, type Series } from './series.ts';
import { measure, quantile } from './statistics/descriptive.ts';

/*
 * What is worked out of kept samples without copying them, or only once, is what is worked out of the same samples as
 * they came, the long way.
 */
const START: Instant = Date.UTC(2026, 10, 20);

const walk = fc.array(
  fc.record({ wait: fc.integer({ min: 1, max: 40 }), value: fc.double({ min: 0, max: 1 }) }),
  { minLength: 1, maxLength: 300 },
);
const samplesOf = (steps: readonly { wait: number; value: number }[]): Sample[] => {
  let at = START;
  return steps.map(({ wait, value }) => ({ at: (at += wait * 30 * SECOND), value }));
};
const keepAll = (samples: readonly Sample[]): KeptSamples => {
  const kept = keepNone();
  for (const sample of samples) keep(kept, sample);
  return kept;
};

/** How it was done before: every window is cut out of the samples. */
function burnTheLongWay(rule: BurnRateRule, rate: ErrorRate, at: Instant, releasedAt: Instant) {
  const allowed = 1 - rule.objective;
  const from = Math.max(at - Math.max(...rule.windows.map(({ long }) => long)), releasedAt);
  const read = (samples: Iterable<Sample> | { within: unknown }): Series =>
    readSeries(samples as Iterable<Sample>, { from, to: at });
  const series = read(rate.kind === 'ratio' ? rate.samples : rate.total);
  const errors = rate.kind === 'ratio' ? undefined : read(rate.errors);
  if ([series, errors ?? series].some((one) => whyUnfit(one, 0) === 'broken-data')) {
    return { verdict: 'inconclusive', samples: series.points.length };
  }
  const share = (window: number): number | undefined => {
    const begin = Math.max(at - window, from);
    const covered = (at - begin) / window;
    const cut = (all: Series): Series => ({
      ...all,
      points: all.points.filter((point) => point.at >= begin),
    });
    const { points } = cut(series);
    if (errors) {
      const [bad, all] = [increase(cut(errors)), increase(cut(series))];
      if (bad === undefined || all === undefined) return undefined;
      return all === 0 ? 0 : covered * Math.min(1, bad / all);
    }
    if (points.length === 0) return undefined;
    return (covered * points.reduce((sum, { value }) => sum + value, 0)) / points.length;
  };
  const burns = rule.windows.map((window) => {
    const [long, short] = [share(window.long), share(window.short)];
    const count = series.points.filter((point) => point.at >= at - window.short).length;
    const defined = count >= rule.minSamples && long !== undefined && short !== undefined;
    const factor = burnFactor(window, rule.period);
    const fires = defined && Math.min(long, short) > factor * allowed;
    return { long, short, defined, fires, factor };
  });
  const worst = burns.find(({ fires }) => fires) ?? burns.find(({ defined }) => defined);
  if (!worst) return { verdict: 'inconclusive', samples: series.points.length };
  return {
    verdict: worst.fires ? 'bad' : 'good',
    bound: worst.factor,
    value: Math.min(worst.long ?? 0, worst.short ?? 0) / allowed,
    facts: { window: burns.indexOf(worst), long: worst.long, short: worst.short },
    samples: series.points.length,
  };
}

describe('a burn rate of kept samples', () => {
  const rules = fc.record({
    objective: fc.constantFrom(0.9, 0.99, 0.999),
    period: fc.constant(30 * DAY),
    windows: fc.constantFrom(BURN_WINDOWS, BURN_WINDOWS.slice(0, 2), BURN_WINDOWS.slice(2)),
    minSamples: fc.integer({ min: 1, max: 5 }),
  });

  it('is that of all its windows', () => {
    const looks = fc.record({
      after: fc.integer({ min: 0, max: 400 }),
      released: fc.integer({ min: 0, max: 200 }),
      counters: fc.boolean(),
    });
    const property = fc.property(walk, walk, rules, looks, (one, other, rule, look) => {
      const [ratio, more] = [samplesOf(one), samplesOf(other)];
      const at = START + look.after * MINUTE;
      const releasedAt = START + look.released * MINUTE;
      const rate = (
        read: (samples: Sample[]) => Sample[] | ReturnType<typeof reading>,
      ): ErrorRate =>
        look.counters
          ? { kind: 'counters', errors: read(ratio), total: read(more) }
          : { kind: 'ratio', samples: read(ratio) };
      const plain = rate((samples) => samples);
      const expected = burnTheLongWay(rule, plain, at, releasedAt);
      const kept = judgeBurnRate(
        rule,
        rate((all) => reading(keepAll(all))),
        { at, releasedAt },
      );
      expect(judgeBurnRate(rule, plain, { at, releasedAt })).toEqual(kept);
      expect(kept).toMatchObject({
        verdict: expected.verdict,
        evidence: { samples: expected.samples },
      });
      if (!('facts' in expected)) return;
      expect(kept).toMatchObject({ value: expected.value, bound: expected.bound });
      expect(kept.evidence.facts).toEqual(expected.facts);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe('a regression from a kept baseline', () => {
  it('is the same at every look, and after another release', () => {
    const rule: RegressionRule = {
      window: HOUR,
      statistic: { kind: 'quantile', quantile: 0.9 },
      limit: { kind: 'relative', amount: 0.1, worse: 'higher' },
      minSamples: 1,
    };
    const property = fc.property(walk, walk, (before, after) => {
      const [good, now] = [samplesOf(before), samplesOf(after)];
      const kept = reading(keepAll(good));
      for (const releasedAt of [START + HOUR, START + 2 * HOUR]) {
        for (const at of [releasedAt + MINUTE, releasedAt + 30 * MINUTE]) {
          const look = { samples: now, at, releasedAt };
          const expected = judgeRegression(rule, { kind: 'last-good', samples: good }, look);
          expect(judgeRegression(rule, { kind: 'last-good', samples: kept }, look)).toEqual(
            expected,
          );
        }
      }
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe('what a window comes down to', () => {
  it('is the mean and the quantile of its values', () => {
    const property = fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 150 }),
      fc.double({ noNaN: true, min: 0, max: 1 }),
      (values, at) => {
        const points = values.map((value, i) => ({ at: i, value }));
        const series = readSeries(points, { from: 0, to: values.length });
        const sorted = values.toSorted((a, b) => a - b);
        expect(measure(series, { kind: 'quantile', quantile: at })).toBeCloseTo(
          quantile(sorted, at),
          12,
        );
        const sum = values.reduce((total, value) => total + value, 0);
        expect(measure(series, { kind: 'mean' })).toBeCloseTo(sum / values.length, 6);
        expect(quantile(values, 0)).toBeCloseTo(sorted[0] ?? 0, 12);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});
