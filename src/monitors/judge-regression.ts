import { DAY, type Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { readWindow, type Look } from './look.ts';
import { readSeries, type Samples } from './series.ts';
import {
  MAD_TO_SIGMA,
  measure,
  median,
  medianAbsoluteDeviation,
  type Statistic,
} from './statistics/descriptive.ts';

/** What the present is compared with. */
export type Baseline =
  /** What was recorded while the last good release ran. */
  | { readonly kind: 'last-good'; readonly samples: Samples }
  /**
   * What the same time of previous days says of today: the value right before the release, moved as it moved at this
   * time on those days (a difference in differences). A change that comes every day at this hour is not the release's.
   */
  | { readonly kind: 'same-time'; readonly samples: Samples; readonly days: number }
  /** A number of the policy, or of the model registry. */
  | { readonly kind: 'number'; readonly value: number };

export interface Limit {
  /** `absolute`: in the metric's unit; `relative`: 0.05 is 5 % of the baseline; `ratio`: 1.5 is half as much again. */
  readonly kind: 'absolute' | 'relative' | 'ratio';
  readonly amount: number;
  readonly worse: 'higher' | 'lower';
}

/** Bad when a window's statistic is worse than the baseline by more than a limit. */
export interface RegressionRule {
  readonly window: Milliseconds;
  readonly statistic: Statistic;
  readonly limit: Limit;
  readonly minSamples: number;
}

interface Expected {
  readonly value: number;
  readonly samples: number;
  /** How far the same difference lay from its median on previous days, as a standard deviation. */
  readonly noise?: number;
  readonly days?: number;
}

/** With fewer previous days nobody can tell a change of every day from one of today. */
const MIN_DAYS = 2;
/** A difference in differences must also exceed so many of its own standard deviations. */
const NOISE_FACTOR = 3;

export function judgeRegression(rule: RegressionRule, baseline: Baseline, look: Look): Judgement {
  const series = readWindow(look, rule.window);
  const judge = 'regression';
  const value = measure(series, rule.statistic);
  const unfit = whyUnfit(series, Math.max(rule.minSamples, rule.statistic.kind === 'rate' ? 2 : 1));
  if (unfit || value === undefined) {
    const reason = unfit ?? 'too-few';
    return { judge, verdict: 'inconclusive', reason, evidence: evidenceOf(series) };
  }
  const expected = expect(rule, baseline, look);
  const bound = expected && boundOf(rule.limit, expected.value);
  if (!expected || bound === undefined) {
    return {
      judge,
      verdict: 'inconclusive',
      reason: 'no-baseline',
      value,
      evidence: evidenceOf(series),
    };
  }
  const { worse } = rule.limit;
  const beyond = worse === 'higher' ? value > bound : value < bound;
  const unsure =
    expected.noise !== undefined &&
    Math.abs(value - expected.value) <= NOISE_FACTOR * expected.noise;
  const { noise, days } = expected;
  return {
    judge,
    verdict: !beyond ? 'good' : unsure ? 'inconclusive' : 'bad',
    reason: !beyond ? 'within' : unsure ? 'not-surely' : 'beyond',
    value,
    bound,
    evidence: evidenceOf(series, { expected: expected.value, noise, days }, expected.samples),
  };
}

/**
 * The worst value that is still allowed. Relative limits are of the baseline's size; of a baseline of 0 there is no
 * part, and a ratio needs one above 0.
 */
function boundOf({ kind, amount, worse }: Limit, baseline: number): number | undefined {
  const sign = worse === 'higher' ? 1 : -1;
  switch (kind) {
    case 'absolute':
      return baseline + sign * amount;
    case 'relative':
      return baseline === 0 ? undefined : baseline + sign * amount * Math.abs(baseline);
    case 'ratio':
      return baseline > 0 ? baseline * amount : undefined;
  }
}

function expect(rule: RegressionRule, baseline: Baseline, look: Look): Expected | undefined {
  switch (baseline.kind) {
    case 'number':
      return Number.isFinite(baseline.value) ? { value: baseline.value, samples: 0 } : undefined;
    case 'last-good':
      return measureGood(rule, baseline.samples, look.releasedAt);
    case 'same-time':
      return expectByDays(rule, baseline, look);
  }
}

interface Measured {
  readonly rule: RegressionRule;
  readonly releasedAt: number;
  readonly expected: Expected | undefined;
}

/** What the last good release measured does not change while the suspect one runs: it is measured once. */
const measured = new WeakMap<object, Measured>();

function measureGood(
  rule: RegressionRule,
  samples: Samples,
  releasedAt: number,
): Expected | undefined {
  const known = measured.get(samples);
  if (known?.rule === rule && known.releasedAt === releasedAt) return known.expected;
  const expected = measureSpan(rule, samples, Number.NEGATIVE_INFINITY, releasedAt - 1);
  // Samples that came as a list may be another one with the next look.
  if ('within' in samples) measured.set(samples, { rule, releasedAt, expected });
  return expected;
}

function measureSpan(
  rule: RegressionRule,
  samples: Samples,
  from: number,
  to: number,
): Expected | undefined {
  const series = readSeries(samples, { from, to });
  if (whyUnfit(series, rule.minSamples)) return undefined;
  const value = measure(series, rule.statistic);
  return value === undefined ? undefined : { value, samples: series.points.length };
}

/** Before the release today, plus the median of the change between the same two windows on previous days. */
function expectByDays(
  rule: RegressionRule,
  { samples, days }: Extract<Baseline, { kind: 'same-time' }>,
  look: Look,
): Expected | undefined {
  const from = Math.max(look.at - rule.window, look.releasedAt);
  const before = (shift: number) =>
    measureSpan(rule, samples, look.releasedAt - rule.window - shift, look.releasedAt - 1 - shift);
  const after = (shift: number) => measureSpan(rule, samples, from - shift, look.at - shift);

  const today = before(0);
  if (!today) return undefined;
  const changes: number[] = [];
  let count = today.samples;
  for (let day = 1; day <= days; day += 1) {
    // A day whose window reaches into the release is not a previous day: what the suspect release measured is no
    // baseline for it.
    if (look.at - day * DAY >= look.releasedAt) continue;
    const [pre, post] = [before(day * DAY), after(day * DAY)];
    if (!pre || !post) continue;
    changes.push(post.value - pre.value);
    count += pre.samples + post.samples;
  }
  if (changes.length < MIN_DAYS) return undefined;
  return {
    value: today.value + median(changes),
    samples: count,
    noise: MAD_TO_SIGMA * medianAbsoluteDeviation(changes),
    days: changes.length,
  };
}
