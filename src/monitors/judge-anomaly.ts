import type { Milliseconds } from '../time.ts';
import { createDetector, type AnomalyRule, type Reading, type View } from './anomaly/detect.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { readWindow, type Look } from './look.ts';
import { cut, readSeries, type Samples } from './series.ts';

export interface AnomalyWindowRule extends AnomalyRule {
  /** An anomaly counts for so long. */
  readonly window: Milliseconds;
  /** What a release brings is learned as usual only after so long: a shift must not explain itself. */
  readonly trustAfter: Milliseconds;
}

/** The views by number, as facts are numbers. */
const VIEW_NUMBERS: Readonly<Record<View, number>> = { level: 1, season: 2, shift: 3 };

/**
 * Bad when a sample of the window stands further out than is usual for this metric. What is usual comes from the time
 * before the release (`history`), and of the release itself only what is old enough to be trusted.
 */
export function judgeAnomaly(rule: AnomalyWindowRule, history: Samples, look: Look): Judgement {
  const judge = 'anomaly';
  const since = readWindow(look, look.at - look.releasedAt);
  const before = readSeries(history, {
    from: look.releasedAt - 2 * rule.memory,
    to: look.releasedAt - 1,
  });
  const window = cut(since, {
    from: Math.max(look.at - rule.window, since.span.from),
    to: look.at,
  });
  const count = before.points.length;
  const why = whyUnfit({ ...window, dropped: since.dropped }, 1);
  if (why) {
    const evidence = evidenceOf(window, {}, count);
    return { judge, verdict: 'inconclusive', reason: why, evidence };
  }
  const detector = createDetector(rule);
  for (const point of before.points) detector.add(point);
  let farthest: Reading | undefined;
  let anomalies = 0;
  for (const point of since.points) {
    const trusted = point.at <= look.at - rule.trustAfter;
    const reading = trusted ? detector.add(point) : detector.read(point);
    if (!reading || point.at < window.span.from) continue;
    if (reading.anomalous) anomalies += 1;
    if (!farthest || isFarther(reading, farthest)) farthest = reading;
  }
  if (!farthest) {
    const evidence = evidenceOf(window, {}, count);
    return { judge, verdict: 'inconclusive', reason: 'no-baseline', evidence };
  }
  const { distance, bound, view, at } = farthest;
  const facts = { anomalies, view: VIEW_NUMBERS[view], since: at };
  return {
    judge,
    verdict: anomalies > 0 ? 'bad' : 'good',
    reason: anomalies > 0 ? 'beyond' : distance >= bound ? 'usual' : 'within',
    value: distance,
    bound,
    evidence: evidenceOf(window, facts, count),
  };
}

function isFarther(one: Reading, other: Reading): boolean {
  if (one.anomalous !== other.anomalous) return one.anomalous;
  return one.distance / one.bound > other.distance / other.bound;
}
