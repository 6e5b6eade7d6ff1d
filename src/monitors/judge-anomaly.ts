import type { Instant, Milliseconds } from '../time.ts';
import {
  createDetector,
  recentFor,
  type AnomalyRule,
  type Detector,
  type Reading,
  type View,
} from './anomaly/detect.ts';
import type { Recent } from './anomaly/recent.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { editsOf, firstAfter, isReading, type KeptSamples } from './kept-samples.ts';
import type { Look } from './look.ts';
import { partOf, type Samples, type SeriesPart } from './series.ts';

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
  const { at, releasedAt } = look;
  const since = readWindowPart(look, at - releasedAt);
  const window = partOfPart(since, Math.max(at - rule.window, since.span.from));
  const before = partOf(history, { from: releasedAt - 2 * rule.memory, to: releasedAt - 1 });
  const count = before.end - before.first;
  const why = whyUnfit(window, 1);
  if (why) {
    const evidence = evidenceOf(window, {}, count);
    return { judge: 'anomaly', verdict: 'inconclusive', reason: why, evidence };
  }
  const readings =
    readLearned(rule, history, look, { before, window }) ??
    readAnew(rule, look, { before, since, window });
  return conclude(readings, window, count);
}

/** As {@link readWindow}, without a copy. */
function readWindowPart({ samples, at, releasedAt }: Look, window: Milliseconds): SeriesPart {
  return partOf(samples, { from: Math.max(at - window, releasedAt), to: at });
}

/** The end of a part, from a moment on. What was dropped of the whole counts. */
function partOfPart(part: SeriesPart, from: Instant): SeriesPart {
  const { points, first, end, span } = part;
  let begin = end;
  while (begin > first && (points[begin - 1]?.at ?? from) >= from) begin -= 1;
  return { ...part, span: { from, to: span.to }, first: begin };
}

interface Parts {
  readonly before: SeriesPart;
  readonly since: SeriesPart;
  readonly window: SeriesPart;
}

/** Learns what is usual from the first sample on, and reads those of the window. */
function readAnew(
  rule: AnomalyWindowRule,
  look: Look,
  { before, since, window }: Parts,
): readonly (Reading | undefined)[] {
  const detector = createDetector(rule);
  for (let i = before.first; i < before.end; i += 1) {
    const point = before.points[i];
    if (point) detector.add(point);
  }
  const readings: (Reading | undefined)[] = [];
  for (let i = since.first; i < since.end; i += 1) {
    const point = since.points[i];
    if (!point) continue;
    const trusted = point.at <= look.at - rule.trustAfter;
    const reading = trusted ? detector.add(point) : detector.read(point);
    if (i >= window.first) readings.push(reading);
  }
  return readings;
}

/** What was learned of kept samples, up to the last look at them. */
interface Learned {
  readonly rule: AnomalyWindowRule;
  readonly releasedAt: Instant;
  readonly edits: number;
  readonly detector: Detector;
  readonly recent: Recent;
  /** The index of the first point that is not learned yet, and of the first that `recent` does not have. */
  learned: number;
  seen: number;
}

const remembered = new WeakMap<KeptSamples, Learned>();

/**
 * The same where samples are kept: what was learned at the look before is not learned again. Undefined where that cannot
 * be done: the samples came as a list, or what is to be judged is to be learned as well.
 */
function readLearned(
  rule: AnomalyWindowRule,
  history: Samples,
  { samples, at, releasedAt }: Look,
  { before, window }: Pick<Parts, 'before' | 'window'>,
): readonly (Reading | undefined)[] | undefined {
  if (history !== samples || !isReading(history)) return undefined;
  const { kept } = history;
  const { points } = kept;
  const end = Math.max(before.end, firstAfter(points, at - rule.trustAfter));
  if (end > window.first) return undefined;
  let known = remembered.get(kept);
  const holds =
    known?.rule === rule &&
    known.releasedAt === releasedAt &&
    known.edits === editsOf(kept) &&
    known.learned <= end &&
    known.seen <= window.first;
  if (!known || !holds) {
    known = {
      rule,
      releasedAt,
      edits: editsOf(kept),
      detector: createDetector(rule),
      recent: recentFor(rule),
      learned: before.first,
      seen: before.first,
    };
    remembered.set(kept, known);
  }
  const { detector, recent } = known;
  for (; known.learned < end; known.learned += 1) {
    const point = points[known.learned];
    if (point) detector.add(point);
  }
  for (; known.seen < window.first; known.seen += 1) {
    const point = points[known.seen];
    if (point) recent.add(point);
  }
  const began = points[before.first]?.at ?? at;
  return detector.peek(points.slice(window.first, window.end), recent, began);
}

function conclude(
  readings: readonly (Reading | undefined)[],
  window: SeriesPart,
  count: number,
): Judgement {
  const judge = 'anomaly';
  let farthest: Reading | undefined;
  let anomalies = 0;
  for (const reading of readings) {
    if (!reading) continue;
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
