import type { Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { readWindow, type Look } from './look.ts';
import { theilSen } from './statistics/theil-sen.ts';

/**
 * When a metric will cross a bound at its present trend. Never bad: a trend is no failure. `nearing` arms: look more
 * often, prepare the rollback, say so.
 */
export interface EarlyWarningRule {
  readonly window: Milliseconds;
  readonly bound: number;
  readonly worse: 'higher' | 'lower';
  /** A crossing within this time is near. */
  readonly horizon: Milliseconds;
  /** How sure the slope's interval is, 0.9: the trend must surely lead to the bound, not only probably. */
  readonly confidence: number;
  readonly minSamples: number;
}

/**
 * Facts: `in` is the likely time until the bound, `earliest` and `latest` its interval, in milliseconds; without
 * `latest` the trend may yet miss it. `in` is 0 once the line has crossed it: that is for a threshold to judge.
 */
export function judgeEarlyWarning(rule: EarlyWarningRule, look: Look): Judgement {
  const series = readWindow(look, rule.window);
  const judge = 'early-warning';
  const why = whyUnfit(series, Math.max(3, rule.minSamples));
  const trend = why ? undefined : theilSen(series.points, rule.confidence);
  if (!trend) {
    const reason = why ?? 'too-few';
    return { judge, verdict: 'inconclusive', reason, evidence: evidenceOf(series) };
  }
  // Towards the bound is up.
  const sign = rule.worse === 'higher' ? 1 : -1;
  const value = trend.valueAt(look.at);
  const distance = sign * (rule.bound - value);
  const [slow, fast] = [sign * trend.lowSlope, sign * trend.highSlope].sort((a, b) => a - b);
  const until = (slope: number | undefined) =>
    slope !== undefined && slope > 0 ? Math.max(0, distance) / slope : undefined;
  const likely = until(sign * trend.slope);
  const latest = until(slow);
  const crossed = distance <= 0;
  const near = crossed || (latest !== undefined && likely !== undefined && likely <= rule.horizon);
  const facts = { in: crossed ? 0 : likely, earliest: until(fast), latest, slope: trend.slope };
  return {
    judge,
    verdict: near ? 'inconclusive' : 'good',
    reason: near ? 'nearing' : 'within',
    value,
    bound: rule.bound,
    evidence: evidenceOf(series, facts),
  };
}
