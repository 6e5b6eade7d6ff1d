import { mean, quantileOfSorted, sorted } from '../statistics/descriptive.ts';
import {
  commonLanguageEffect,
  shiftInterval,
  type ShiftInterval,
} from '../statistics/mann-whitney.ts';
import { normalQuantile } from '../statistics/normal.ts';

/**
 * One metric of a canary against the stable release, as Kayenta's NetflixACAJudge-v1.0 classifies it
 * (spinnaker/kayenta a69573be: NetflixACAJudge.scala, MannWhitneyClassifier.scala). The same steps in the same order,
 * so that a team that comes from Spinnaker gets the verdicts that it knows.
 */
export interface MetricRule {
  /** Ranks are compared by Mann and Whitney's interval; means (MeanInequalityClassifier) by which is larger. */
  readonly test: 'ranks' | 'means';
  /** Which change is bad. */
  readonly direction: 'increase' | 'decrease' | 'either';
  /** What becomes of values that are not numbers: left out, or taken as 0. */
  readonly nan: 'remove' | 'replace';
  readonly outliers: 'keep' | 'remove';
  /** A critical metric that fails fails the whole. */
  readonly critical: boolean;
  /** A metric without data counts as failed, not as absent. */
  readonly mustHaveData: boolean;
  readonly effect: 'mean-ratio' | 'cles';
  /** From this effect on a change counts. 1 by default, 0.5 for cles: any change that is significant. */
  readonly allowed?: Effects;
  /** From this effect on the change of a critical metric is critical. */
  readonly criticalAt?: Effects;
  /** The part of the estimated shift that the interval must clear, 0.25 in Kayenta. */
  readonly tolerance: number;
  /** 0.98 in Kayenta. */
  readonly confidence: number;
}

interface Effects {
  readonly decrease: number;
  readonly increase: number;
}

/** What Kayenta's judge takes where a configuration says nothing. */
export const KAYENTA_DEFAULTS: MetricRule = {
  test: 'ranks',
  direction: 'either',
  nan: 'remove',
  outliers: 'keep',
  critical: false,
  mustHaveData: false,
  effect: 'mean-ratio',
  tolerance: 0.25,
  confidence: 0.98,
};

export type Label = 'pass' | 'high' | 'low' | 'no-data' | 'no-data-fail';

export interface Classified {
  readonly label: Label;
  /** Whether this alone fails the canary. */
  readonly critical: boolean;
  /** The effect size; NaN where it has none. */
  readonly effect: number;
  readonly interval?: ShiftInterval;
}

/** Classifies the values of the canary against those of the stable release. */
export function classifyMetric(
  canary: readonly number[],
  stable: readonly number[],
  rule: MetricRule,
): Classified {
  const [x, y] = [prepare(canary, rule), prepare(stable, rule)];
  if (x.length === 0 || y.length === 0) return withoutData(rule);
  const pass: Classified = { label: 'pass', critical: false, effect: effectOf(x, y, rule) };
  const different = new Set([...x, ...y]);
  if (different.size === 1 || same(sorted(x), sorted(y))) return pass;

  if (rule.test === 'means') return { ...pass, label: compareMeans(x, y, rule) };
  const constant = new Set(x).size === 1 && new Set(y).size === 1;
  const interval = shiftInterval(
    constant ? jitter(x) : x,
    constant ? jitter(y) : y,
    rule.confidence,
  );
  if (!interval) return pass;
  const label = compare(interval, pass.effect, rule, rule.allowed);
  const critical =
    rule.critical &&
    label !== 'pass' &&
    compare(interval, pass.effect, rule, rule.criticalAt) === label;
  return { label, critical, effect: pass.effect, interval };
}

function withoutData(rule: MetricRule): Classified {
  const nothing = { effect: Number.NaN };
  if (rule.nan === 'replace') return { ...nothing, label: 'pass', critical: false };
  if (rule.mustHaveData && !rule.critical) {
    return { ...nothing, label: 'no-data-fail', critical: false };
  }
  return { ...nothing, label: 'no-data', critical: rule.critical };
}

/** High if the interval lies above a part of the estimate and the effect is large enough; a NaN effect is. */
function compare(
  { low, high, estimate }: ShiftInterval,
  effect: number,
  rule: MetricRule,
  limits: Effects = rule.effect === 'cles'
    ? { decrease: 0.5, increase: 0.5 }
    : { decrease: 1, increase: 1 },
): 'pass' | 'high' | 'low' {
  const bound = rule.tolerance * Math.abs(estimate);
  const unknown = Number.isNaN(effect);
  const mayRise = rule.direction !== 'decrease';
  const mayFall = rule.direction !== 'increase';
  if (mayRise && low > bound && (unknown || effect >= limits.increase)) return 'high';
  if (mayFall && high < -bound && (unknown || effect <= limits.decrease)) return 'low';
  return 'pass';
}

function compareMeans(
  x: readonly number[],
  y: readonly number[],
  { direction }: MetricRule,
): 'pass' | 'high' | 'low' {
  const difference = mean(x) - mean(y);
  if (difference > 0 && direction !== 'decrease') return 'high';
  return difference < 0 && direction !== 'increase' ? 'low' : 'pass';
}

/** The mean of the canary over that of the stable release, NaN where one of them is 0; or the CLES. */
export function effectOf(
  x: readonly number[],
  y: readonly number[],
  { effect }: Pick<MetricRule, 'effect'>,
): number {
  if (effect === 'cles') return commonLanguageEffect(x, y);
  const [above, below] = [mean(x), mean(y)];
  return above === 0 || below === 0 ? Number.NaN : above / below;
}

function prepare(values: readonly number[], rule: MetricRule): readonly number[] {
  const numbers =
    rule.nan === 'remove'
      ? values.filter((value) => !Number.isNaN(value))
      : values.map((value) => (Number.isNaN(value) ? 0 : value));
  return rule.outliers === 'keep' ? numbers : withoutOutliers(numbers, 3, true);
}

/**
 * Leaves out what lies beyond the quartiles by `factor` times their distance. With less sensitivity the fences stand
 * at least at the 1st and the 99th percentile.
 */
export function withoutOutliers(
  values: readonly number[],
  factor: number,
  lessSensitive: boolean,
): readonly number[] {
  const order = sorted(values);
  const at = (share: number) => quantileOfSorted(order, share);
  const reach = factor * (at(0.75) - at(0.25));
  const low = at(0.25) - reach;
  const high = at(0.75) + reach;
  const from = lessSensitive ? Math.min(at(0.01), low) : low;
  const to = lessSensitive ? Math.max(at(0.99), high) : high;
  return values.filter((value) => value >= from && value <= to);
}

/**
 * Two constant samples have no interval, so Kayenta adds normal noise of a hundred-thousandth of the value to both.
 * Here the noise is the expected order of such noise, the same each time: a judgement must be repeatable.
 */
function jitter(values: readonly number[]): readonly number[] {
  return values.map((value, i) => value * (1 + 1e-5 * normalQuantile((i + 0.5) / values.length)));
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
