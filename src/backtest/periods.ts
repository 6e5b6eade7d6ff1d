import type { Span } from '../monitors/series.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { findLastGood } from '../releases/last-good.ts';
import type { HistorySource } from '../releases/release.ts';
import { watchedAsOf } from '../watch/watched-target.ts';
import type { Period } from './replay-target.ts';
import type { Timeline } from './timeline.ts';

/**
 * What was watched of a target in a span, release by release, as the history knew it when each came. While nobody could
 * tell what ran, what was watched before goes on, as in the running service.
 */
export async function periodsOf(
  source: HistorySource,
  policy: TargetPolicy,
  { ran }: Timeline,
  span: Span,
): Promise<readonly Period[]> {
  const periods: Period[] = [];
  // The last moment of a recording is looked at too.
  const end = span.to + 1;
  for (const { release, from, until = end } of ran) {
    const period = { from: Math.max(from, span.from), until: Math.min(until, end) };
    if (period.from >= period.until) continue;
    const question = { policy, from: release.commit, now: from };
    const lastGood = await findLastGood(source, question);
    const watched = await watchedAsOf(source, policy, lastGood, from);
    const before = periods.at(-1);
    if (watched) periods.push({ watched, ...period });
    else if (before) periods.push({ ...period, watched: before.watched });
  }
  return periods;
}
