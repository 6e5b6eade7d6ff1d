import type { Instant, Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { readWindow, type Look } from './look.ts';
import { readSeries, valuesOf, type Sample, type Samples } from './series.ts';
import { MAD_TO_SIGMA, median, medianAbsoluteDeviation } from './statistics/descriptive.ts';

/**
 * Bad when the level of a metric moved after the release: Page's cumulative sum (Biometrika 41, 1954), to either side,
 * of the distance from the median before the release in units of its robust deviation.
 */
export interface ChangePointRule {
  /** How far back the level before the release is taken from. */
  readonly reference: Milliseconds;
  readonly worse: 'higher' | 'lower' | 'either';
  /** Half of the smallest shift that matters, in standard deviations. */
  readonly slack: number;
  /** The sum that is bad, in standard deviations. */
  readonly bound: number;
  /** One sample adds at most so much, so that a single spike is no change of level. */
  readonly clip: number;
  /** The least deviation, in parts of the level: what never moved must not be changed by a rounding error. */
  readonly floor: number;
  readonly minSamples: number;
}

/**
 * With independent normal values a slack of 0.5 and a bound of 8 give one false alarm in about 10,000 samples of each
 * side, and find a shift of one deviation after some 17 (Hawkins and Olwell 1998, table 3.1).
 */
export const CHANGE_POINT_DEFAULTS = {
  slack: 0.5,
  bound: 8,
  clip: 3,
  floor: 0.01,
  minSamples: 10,
} as const;

export interface Cusum {
  readonly high: number;
  readonly low: number;
  /** Since when the larger of the two has been above zero: the likely moment of the change. */
  readonly highSince?: Instant;
  readonly lowSince?: Instant;
}

export const NO_CHANGE: Cusum = { high: 0, low: 0 };

/** Adds one standardised value. */
export function addToCusum(
  sum: Cusum,
  { at, value }: Sample,
  { slack, clip }: Pick<ChangePointRule, 'slack' | 'clip'>,
): Cusum {
  const step = Math.max(-clip, Math.min(clip, value));
  const high = Math.max(0, sum.high + step - slack);
  const low = Math.max(0, sum.low - step - slack);
  return {
    high,
    low,
    ...(high > 0 && { highSince: sum.highSince ?? at }),
    ...(low > 0 && { lowSince: sum.lowSince ?? at }),
  };
}

export function judgeChangePoint(
  rule: ChangePointRule,
  history: Samples,
  look: Look,
  /** The sum begins so long before the look. Default: with the release. */
  window: Milliseconds = look.at - look.releasedAt,
): Judgement {
  const series = readWindow(look, window);
  const before = readSeries(history, {
    from: look.releasedAt - rule.reference,
    to: look.releasedAt - 1,
  });
  const why =
    whyUnfit(series, 1) ?? (whyUnfit(before, rule.minSamples) && ('no-baseline' as const));
  const reference = valuesOf(before);
  const count = reference.length;
  if (why) {
    const evidence = evidenceOf(series, {}, count);
    return { judge: 'change-point', verdict: 'inconclusive', reason: why, evidence };
  }
  const level = median(reference);
  const deviation = Math.max(
    MAD_TO_SIGMA * medianAbsoluteDeviation(reference),
    rule.floor * Math.abs(level),
    Number.MIN_VALUE,
  );
  let sum = NO_CHANGE;
  for (const { at, value } of series.points) {
    sum = addToCusum(sum, { at, value: (value - level) / deviation }, rule);
  }
  const up = rule.worse !== 'lower' && (rule.worse === 'higher' || sum.high >= sum.low);
  const value = up ? sum.high : sum.low;
  const since = up ? sum.highSince : sum.lowSince;
  const beyond = value > rule.bound;
  return {
    judge: 'change-point',
    verdict: beyond ? 'bad' : 'good',
    reason: beyond ? 'beyond' : 'within',
    value,
    bound: rule.bound,
    evidence: evidenceOf(series, { level, deviation, ...(beyond && { since }) }, count),
  };
}
