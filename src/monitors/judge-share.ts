import type { Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { readWindow, type Look } from './look.ts';
import { increase, type Samples } from './series.ts';
import { wilson } from './statistics/wilson.ts';

/**
 * Bad when surely more than a share of events are hits: answers that a safety filter stopped, requests that failed.
 * Both are counters. The lower end of Wilson's interval must lie beyond the bound, so that two hits of ten requests at
 * night are no 20 %.
 */
export interface ShareRule {
  readonly window: Milliseconds;
  readonly bound: number;
  readonly confidence: number;
}

export function judgeShare(rule: ShareRule, total: Samples, look: Look): Judgement {
  const hits = readWindow(look, rule.window);
  const all = readWindow({ ...look, samples: total }, rule.window);
  const hit = increase(hits);
  const of = increase(all);
  const judge = 'share';
  if ([hits, all].some((one) => whyUnfit(one, 0) === 'broken-data')) {
    const evidence = evidenceOf(hits, {}, all.points.length);
    return { judge, verdict: 'inconclusive', reason: 'broken-data', evidence };
  }
  if (hit === undefined || of === undefined || of === 0) {
    const reason = all.points.length === 0 ? 'no-data' : 'too-few';
    return { judge, verdict: 'inconclusive', reason, evidence: evidenceOf(hits) };
  }
  const value = Math.min(1, hit / of);
  const { low, high } = wilson(Math.min(hit, of), of, rule.confidence);
  const surely = low > rule.bound;
  const beyond = value > rule.bound;
  return {
    judge,
    verdict: surely ? 'bad' : beyond ? 'inconclusive' : 'good',
    reason: surely ? 'beyond' : beyond ? 'not-surely' : 'within',
    value,
    bound: rule.bound,
    evidence: evidenceOf(hits, { hits: hit, of, low, high }, all.points.length),
  };
}
