import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts';
import { alphaOfLook } from './alpha-spending.ts';
import { BURN_WINDOWS, burnFactor, judgeBurnRate } from './judge-burn-rate.ts';
import { judgeComposite } from './judge-composite.ts';
import { countsOfBuckets, judgeHistogramDrift } from './judge-drift.ts';
import { judgeImpact } from './judge-impact.ts';
import { judgeRegression } from './judge-regression.ts';
import { judgeShare } from './judge-share.ts';
import { judgeThreshold, type Bound } from './judge-threshold.ts';
import { BEFORE, JUDGES, lively, minutes, NOW, RELEASED, steady } from './judge.fixture.ts';
import type { Judgement, Verdict } from './judgement.ts';
import type { Sample } from './series.ts';

const look = (samples: readonly Sample[]) => ({ samples, at: NOW, releasedAt: RELEASED });
const said = ({ verdict, reason }: Judgement) => `${verdict}: ${reason}`;

describe('a threshold', () => {
  const judge = (bad: Bound, value: number) =>
    said(
      judgeThreshold(
        { window: 10 * MINUTE, statistic: { kind: 'mean' }, bad, minSamples: 5 },
        look(minutes(steady(value, 8))),
      ),
    );

  it.each([
    [{ kind: 'greater', than: 5 }, 5, 'good: within'],
    [{ kind: 'greater', than: 5 }, 5.1, 'bad: beyond'],
    [{ kind: 'less', than: 5 }, 5, 'good: within'],
    [{ kind: 'less', than: 5 }, 4.9, 'bad: beyond'],
    [{ kind: 'outside', low: 1, high: 5 }, 1, 'good: within'],
    [{ kind: 'outside', low: 1, high: 5 }, 0.9, 'bad: beyond'],
    [{ kind: 'outside', low: 1, high: 5 }, 5.1, 'bad: beyond'],
  ] as const)('%j of %d is %s', (bad, value, wanted) => {
    expect(judge(bad, value)).toBe(wanted);
  });

  it('needs its samples, and those mostly to be numbers', () => {
    const rule = {
      window: 10 * MINUTE,
      statistic: { kind: 'mean' },
      bad: { kind: 'greater', than: 5 },
      minSamples: 5,
    } as const;
    expect(said(judgeThreshold(rule, look(minutes(steady(9, 4)))))).toBe('inconclusive: too-few');
    const broken = minutes([...steady(Number.NaN, 5), 9, 9, 9]);
    expect(said(judgeThreshold(rule, look(broken)))).toBe('inconclusive: broken-data');
  });

  it('takes the rate of a counter over its resets', () => {
    const judgement = JUDGES['rate']?.(look(minutes([0, 60, 120, 60, 120])));
    expect(judgement).toMatchObject({ verdict: 'good', value: 1 });
  });
});

describe('a regression', () => {
  const judge = (
    limit: Parameters<typeof judgeRegression>[0]['limit'],
    baseline: number,
    value: number,
  ) =>
    judgeRegression(
      { window: 30 * MINUTE, statistic: { kind: 'mean' }, limit, minSamples: 5 },
      { kind: 'number', value: baseline },
      look(minutes(steady(value, 10))),
    );

  it.each([
    ['absolute', 0.05, 'lower', 0.9, 0.86, 'good: within'],
    ['absolute', 0.05, 'lower', 0.9, 0.84, 'bad: beyond'],
    ['relative', 0.05, 'lower', 0.9, 0.86, 'good: within'],
    ['relative', 0.05, 'lower', 0.9, 0.85, 'bad: beyond'],
    ['relative', 0.1, 'higher', -10, -8, 'bad: beyond'],
    ['ratio', 1.5, 'higher', 100, 150, 'good: within'],
    ['ratio', 1.5, 'higher', 100, 151, 'bad: beyond'],
    ['relative', 0.1, 'higher', 0, 1, 'inconclusive: no-baseline'],
    ['ratio', 1.5, 'higher', 0, 1, 'inconclusive: no-baseline'],
  ] as const)('%s by %d, %s than %d: %d is %s', (kind, amount, worse, baseline, value, wanted) => {
    expect(said(judge({ kind, amount, worse }, baseline, value))).toBe(wanted);
  });

  describe('from the same time on previous days', () => {
    // Every day the metric doubles at 2 o'clock, whoever releases what.
    const daily = Array.from({ length: 5 }, (_, day) => [
      ...minutes(lively(100 + day, 2, 60), RELEASED - day * DAY - MINUTE),
      ...minutes(lively(200 + day, 2, 60), RELEASED - day * DAY + 59 * MINUTE),
    ])
      .flat()
      .filter(({ at }) => at < RELEASED);

    it('does not blame a release for what comes every day', () => {
      const judgement = JUDGES['same time']?.(look(minutes(lively(200, 2, 30))), daily);
      expect(judgement).toMatchObject({ verdict: 'good', evidence: { facts: { days: 4 } } });
      expect(JUDGES['regression']?.(look(minutes(lively(200, 2, 30))), daily).verdict).toBe('bad');
    });

    it('blames it for what comes on top', () => {
      expect(JUDGES['same time']?.(look(minutes(lively(260, 2, 30))), daily).verdict).toBe('bad');
    });

    it('says nothing by a single day', () => {
      const one = daily.filter(({ at }) => at > RELEASED - 1.5 * DAY);
      const judgement = JUDGES['same time']?.(look(minutes(lively(260, 2, 30))), one);
      expect(judgement).toMatchObject({ verdict: 'inconclusive', reason: 'no-baseline' });
    });
  });
});

interface BurnVectors {
  readonly windows: readonly {
    readonly longHours: number;
    readonly factor30d: number;
    readonly factor28d: number;
  }[];
  readonly examples: readonly {
    readonly slo: number;
    readonly errorRatio: number;
    readonly minutesTo1hPage: number | null;
    readonly minutesTo6hPage: number | null;
    readonly minutesTo1dTicket: number | null;
  }[];
}

const burn: BurnVectors = JSON.parse(
  readFileSync(new URL('../../fixtures/vectors/burn-rate.json', import.meta.url), 'utf8'),
);

describe('a burn rate, by its vectors', () => {
  it.each(burn.windows.map((window, i) => ({ ...window, i })))(
    'has the factors of $longHours hours',
    ({ i, factor30d, factor28d }) => {
      const window = BURN_WINDOWS[i] ?? { short: 0, long: 0, budget: 0 };
      expect(burnFactor(window, 30 * DAY)).toBeCloseTo(factor30d, 12);
      expect(burnFactor(window, 28 * DAY)).toBeCloseTo(factor28d, 12);
    },
  );

  const times = burn.examples.flatMap((example) =>
    [example.minutesTo1hPage, example.minutesTo6hPage, example.minutesTo1dTicket].map(
      (fires, i) => ({ ...example, fires, i }),
    ),
  );
  it.each(times)('fires after $fires min: $slo, $errorRatio, window $i', (example) => {
    const window = BURN_WINDOWS[example.i] ?? { short: 0, long: 0, budget: 0 };
    const rule = { objective: example.slo, period: 30 * DAY, windows: [window], minSamples: 2 };
    const after = (length: number) => {
      const from = RELEASED;
      const step = Math.max(SECOND, length / 50);
      const samples = Array.from({ length: 51 }, (_, i) => ({
        at: from + i * step,
        value: example.errorRatio,
      })).filter(({ at }) => at <= from + length);
      return judgeBurnRate(
        rule,
        { kind: 'ratio', samples },
        { at: from + length, releasedAt: from },
      ).verdict;
    };
    const minutes = example.fires ?? window.long / MINUTE;
    const wanted: readonly Verdict[] = example.fires === null ? ['good', 'good'] : ['good', 'bad'];
    expect([after(minutes * 0.98 * MINUTE), after(minutes * 1.02 * MINUTE)]).toEqual(wanted);
  });

  it('counts errors and events as counters, resets included', () => {
    const total = minutes([0, 100, 200, 50, 150, 250, 350]);
    const errors = minutes([0, 50, 100, 25, 75, 125, 175]);
    const rule = { objective: 0.99, period: 30 * DAY, windows: BURN_WINDOWS, minSamples: 3 };
    const judge = (bad: readonly Sample[]) =>
      judgeBurnRate(
        rule,
        { kind: 'counters', errors: bad, total },
        { at: NOW, releasedAt: RELEASED },
      );
    expect(said(judge(errors))).toBe('bad: beyond');
    expect(said(judge(minutes(steady(0, 7))))).toBe('good: within');
  });
});

describe('a drift of histograms', () => {
  const judge = (counts: readonly number[], measure: 'psi' | 'ks' = 'psi') =>
    said(
      judgeHistogramDrift(
        { measure, bound: 0.25, minSamples: 50 },
        { counts: [20, 30, 30, 20] },
        { counts },
        { from: RELEASED, to: NOW },
      ),
    );

  it.each([
    [[21, 29, 31, 19], 'good: within'],
    [[70, 20, 5, 5], 'bad: beyond'],
    [[0, 0, 0, 0], 'inconclusive: no-data'],
    [[1, 1, 1, 1], 'inconclusive: too-few'],
    [[20, 30, 50], 'inconclusive: broken-data'],
    [[20, 30, Number.NaN, 20], 'inconclusive: broken-data'],
  ])('%j is %s', (counts, wanted) => {
    expect(judge(counts)).toBe(wanted);
  });

  it('measures the distance of two distributions as well', () => {
    expect(judge([70, 20, 5, 5], 'ks')).toBe('bad: beyond');
    expect(judge([25, 30, 30, 15], 'ks')).toBe('good: within');
  });

  it('takes buckets apart', () => {
    expect(countsOfBuckets([2, 5, 5, 9])).toEqual([2, 3, 0, 4]);
  });
});

describe('a canary', () => {
  const stable = minutes(lively(100, 3, 30));
  const judge = (samples: readonly Sample[], beside: readonly Sample[] = stable) => {
    const judgement = JUDGES['canary']?.(look(samples), beside);
    return judgement && said(judgement);
  };

  it.each([
    ['like the stable release', minutes(lively(100, 4, 30)), 'good: within'],
    ['higher', minutes(lively(130, 3, 30)), 'bad: beyond'],
    ['lower', minutes(lively(70, 3, 30)), 'bad: beyond'],
    ['silent', [], 'bad: silent'],
    ['silent since nine minutes', minutes(lively(100, 3, 20), NOW - 9 * MINUTE), 'bad: silent'],
    ['silent for a moment', minutes(lively(100, 3, 20), NOW - 4 * MINUTE), 'good: within'],
  ] as const)('%s', (_, samples, wanted) => {
    expect(judge(samples)).toBe(wanted);
  });

  it('is not blamed for a scrape that ended for both', () => {
    const until = NOW - 9 * MINUTE;
    expect(judge([], minutes(lively(100, 3, 20), until))).toBe('inconclusive: no-data');
  });
});

describe('an early warning', () => {
  it('says when a bound will be crossed, and how surely', () => {
    const rising = minutes(lively(0, 0.4, 30).map((value, i) => 100 + i * 0.5 + value));
    const judgement = JUDGES['early warning']?.(look(rising));
    expect(judgement).toMatchObject({ verdict: 'inconclusive', reason: 'nearing' });
    const { in: likely = 0, earliest = 0, latest = 0 } = judgement?.evidence.facts ?? {};
    expect(likely / MINUTE).toBeCloseTo(11, -0.7);
    expect(earliest).toBeLessThan(likely);
    expect(latest).toBeGreaterThan(likely);
  });

  it('does not take noise for a trend', () => {
    const flat = minutes(lively(110, 8, 30));
    expect(JUDGES['early warning']?.(look(flat)).verdict).toBe('good');
  });
});

describe('a change point', () => {
  it('finds when a small shift began', () => {
    const samples = minutes([...lively(100, 3, 10), ...lively(104, 3, 20)]);
    const judgement = JUDGES['change point']?.(look(samples));
    expect(judgement).toMatchObject({ verdict: 'bad' });
    const since = judgement?.evidence.facts['since'] ?? 0;
    expect(Math.abs(since - (NOW - 20 * MINUTE))).toBeLessThanOrEqual(5 * MINUTE);
  });

  it('takes no single spike for one', () => {
    const samples = minutes([...lively(100, 3, 15), 1e6, ...lively(100, 3, 14)]);
    expect(JUDGES['change point']?.(look(samples)).verdict).toBe('good');
  });
});

describe('a share of events', () => {
  const judge = (hits: number, of: number) =>
    said(
      judgeShare(
        { window: 30 * MINUTE, bound: 0.001, confidence: 0.95 },
        minutes([0, of]),
        look(minutes([0, hits])),
      ),
    );

  it.each([
    [0, 10_000, 'good: within'],
    [2, 1_000, 'inconclusive: not-surely'],
    [40, 10_000, 'bad: beyond'],
    [0, 0, 'inconclusive: too-few'],
  ])('%d of %d is %s', (hits, of, wanted) => {
    expect(judge(hits, of)).toBe(wanted);
  });
});

describe('an impact', () => {
  it('is what is missing, in money', () => {
    const judge = (level: number) => JUDGES['impact']?.(look(minutes(steady(level, 10))), BEFORE);
    expect(judge(90)).toMatchObject({ verdict: 'good', bound: 50 });
    expect(judge(90)?.value).toBeCloseTo(20, 0);
    expect(judge(70)).toMatchObject({ verdict: 'bad' });
  });

  it('is the cost of an inference', () => {
    const judge = (cost: number, inferences: number) =>
      judgeImpact(
        { kind: 'per-inference', window: HOUR, bound: 0.01, minSamples: 5 },
        minutes(steady(inferences, 10)),
        look(minutes(steady(cost, 10))),
      );
    expect(judge(4, 500)).toMatchObject({ verdict: 'good', value: 0.008 });
    expect(judge(4, 300)).toMatchObject({ verdict: 'bad' });
    expect(judge(4, 0)).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('a composite', () => {
  const part = (verdict: Verdict, weight = 1) => ({
    name: verdict,
    weight,
    judgement: {
      judge: 'threshold',
      verdict,
      reason: 'within',
      evidence: {
        samples: 1,
        from: RELEASED,
        to: NOW,
        dropped: { nan: 0, infinite: 0, repeated: 0 },
        facts: {},
      },
    } satisfies Judgement,
  });
  const [good, bad, open] = [part('good'), part('bad'), part('inconclusive')];

  it.each([
    ['all-of', [bad, bad], 'bad'],
    ['all-of', [bad, good], 'good'],
    ['all-of', [bad, open], 'inconclusive'],
    ['all-of', [good, open], 'good'],
    ['any-of', [good, bad], 'bad'],
    ['any-of', [good, good], 'good'],
    ['any-of', [good, open], 'inconclusive'],
    ['any-of', [bad, open], 'bad'],
    ['any-of', [], 'inconclusive'],
  ] as const)('%s %#', (kind, parts, wanted) => {
    expect(judgeComposite({ kind }, parts).verdict).toBe(wanted);
  });

  it('weighs', () => {
    const judge = (...parts: ReturnType<typeof part>[]) =>
      judgeComposite({ kind: 'weights', bound: 0.5 }, parts).verdict;
    expect(judge(part('bad', 3), part('good', 2))).toBe('bad');
    expect(judge(part('bad', 2), part('good', 3))).toBe('good');
    expect(judge(part('bad', 2), part('good', 2), part('inconclusive', 1))).toBe('inconclusive');
  });
});

describe('alpha spending', () => {
  it.each(['late', 'even'] as const)('gives away no more than there is: %s', (shape) => {
    const spending = { alpha: 0.02, looks: 20, shape };
    const parts = Array.from({ length: 40 }, (_, i) => alphaOfLook(spending, i));
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(0.02, 12);
    expect(Math.min(...parts)).toBe(0);
    expect(parts.slice(21)).toEqual(steady(0, 19));
  });

  it('keeps most for late looks', () => {
    const at = (look: number) => alphaOfLook({ alpha: 0.05, looks: 4, shape: 'late' }, look);
    // O'Brien and Fleming's spending function at a quarter, by gsDesign: 0.0001.
    expect(at(1)).toBeCloseTo(0.000_089, 5);
    expect(at(1)).toBeLessThan(at(2));
    expect(at(2)).toBeLessThan(at(3));
  });
});
