import type { Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { readWindow, type Look } from './look.ts';
import { readSeries, valuesOf, type Samples } from './series.ts';
import { mean } from './statistics/descriptive.ts';

/**
 * Bad when a release costs more than it may, in money.
 *
 * - `per-minute`: the metric is worth `price` a unit and minute (revenue a minute has the price 1), and what is missing
 *   against the baseline is the loss. `worse` says on which side of the baseline the loss lies.
 * - `per-inference`: the metric is a cost per minute; divided by the inferences per minute it may be `bound`.
 */
export type ImpactRule = {
  readonly window: Milliseconds;
  /** The most that may be lost, in money per minute or per inference. */
  readonly bound: number;
  readonly minSamples: number;
} & (
  | { readonly kind: 'per-minute'; readonly price: number; readonly worse: 'higher' | 'lower' }
  | { readonly kind: 'per-inference' }
);

/** `other`: for `per-minute` the metric before the release, for `per-inference` the inferences per minute. */
export function judgeImpact(rule: ImpactRule, other: Samples, look: Look): Judgement {
  const series = readWindow(look, rule.window);
  const perMinute = rule.kind === 'per-minute';
  const span = perMinute
    ? { from: Number.NEGATIVE_INFINITY, to: look.releasedAt - 1 }
    : series.span;
  const beside = readSeries(other, span);
  const judge = 'impact';
  const why = whyUnfit(series, rule.minSamples);
  const against = whyUnfit(beside, rule.minSamples);
  const expected = mean(valuesOf(beside));
  const evidence = evidenceOf(series, { expected }, beside.points.length);
  if (why || against || (!perMinute && expected <= 0)) {
    return { judge, verdict: 'inconclusive', reason: why ?? 'no-baseline', evidence };
  }
  const now = mean(valuesOf(series));
  const value =
    rule.kind === 'per-minute'
      ? (rule.worse === 'lower' ? expected - now : now - expected) * rule.price
      : now / expected;
  const beyond = value > rule.bound;
  return {
    judge,
    verdict: beyond ? 'bad' : 'good',
    reason: beyond ? 'beyond' : 'within',
    value,
    bound: rule.bound,
    evidence,
  };
}
