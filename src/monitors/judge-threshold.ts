import type { Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { readWindow, type Look } from './look.ts';
import { longestGap } from './series.ts';
import { measure, type Statistic } from './statistics/descriptive.ts';

export type Bound =
  | { readonly kind: 'greater'; readonly than: number }
  | { readonly kind: 'less'; readonly than: number }
  | { readonly kind: 'outside'; readonly low: number; readonly high: number };

/** Bad when a window's statistic lies beyond a bound. A value on the bound is good. */
export interface ThresholdRule {
  readonly window: Milliseconds;
  readonly statistic: Statistic;
  readonly bad: Bound;
  readonly minSamples: number;
}

export function judgeThreshold(rule: ThresholdRule, look: Look): Judgement {
  const series = readWindow(look, rule.window);
  const unfit = whyUnfit(series, Math.max(rule.minSamples, rule.statistic.kind === 'rate' ? 2 : 1));
  const evidence = evidenceOf(series, { longestGap: longestGap(series) });
  const value = measure(series, rule.statistic);
  if (unfit || value === undefined) {
    return { judge: 'threshold', verdict: 'inconclusive', reason: unfit ?? 'too-few', evidence };
  }
  const { bound, beyond } = holdAgainst(value, rule.bad);
  return {
    judge: 'threshold',
    verdict: beyond ? 'bad' : 'good',
    reason: beyond ? 'beyond' : 'within',
    value,
    bound,
    evidence,
  };
}

/** The bound that a value is held against (of two, the nearer), and whether it lies beyond. */
export function holdAgainst(value: number, bad: Bound): { bound: number; beyond: boolean } {
  switch (bad.kind) {
    case 'greater':
      return { bound: bad.than, beyond: value > bad.than };
    case 'less':
      return { bound: bad.than, beyond: value < bad.than };
    case 'outside': {
      const nearLow = Math.abs(value - bad.low) <= Math.abs(value - bad.high);
      const beyond = value < bad.low || value > bad.high;
      return { bound: nearLow ? bad.low : bad.high, beyond };
    }
  }
}
