import type { Instant } from '../time.ts';
import type { Dropped, Series, SeriesPart } from './series.ts';

/** What a judge can say. Inconclusive is neither good nor bad: it leads to nothing by itself. */
export const VERDICTS = ['good', 'bad', 'inconclusive'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Why a verdict is what it is. */
export const JUDGEMENT_REASONS = [
  'within',
  'beyond',
  'usual',
  'no-data',
  'too-few',
  'broken-data',
  'no-baseline',
  'not-surely',
  'silent',
  'marginal',
  'nearing',
  'parts',
] as const;
export type JudgementReason = (typeof JUDGEMENT_REASONS)[number];

/** What a judgement rests on, in plain data: kept with the record of a rollback and shown in its pull request. */
export interface Evidence {
  /** Samples that counted. */
  readonly samples: number;
  /** Samples of what they were compared with, where there is such a thing. */
  readonly baseline?: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly dropped: Dropped;
  /** Further numbers of the judge, by the names that docs/judges.md gives them. */
  readonly facts: Readonly<Record<string, number>>;
}

export type JudgeKind =
  | 'threshold'
  | 'regression'
  | 'canary'
  | 'burn-rate'
  | 'drift'
  | 'anomaly'
  | 'change-point'
  | 'early-warning'
  | 'share'
  | 'impact'
  | 'composite';

/** The answer of every judge. Numbers in it are finite. */
export interface Judgement {
  readonly judge: JudgeKind;
  readonly verdict: Verdict;
  readonly reason: JudgementReason;
  /** What was measured, and what it was held against, in the same unit. */
  readonly value?: number;
  readonly bound?: number;
  readonly evidence: Evidence;
}

/** A series, or a part of one. */
type Counted = Series & Partial<Pick<SeriesPart, 'first' | 'end'>>;

function countOf({ points, first = 0, end = points.length }: Counted): number {
  return end - first;
}

/** The evidence of one series, or of a part of it. */
export function evidenceOf(
  series: Counted,
  facts: Readonly<Record<string, number | undefined>> = {},
  baseline?: number,
): Evidence {
  const { span, dropped } = series;
  const { from, to } = span;
  const samples = countOf(series);
  const kept = finiteFacts(facts);
  return baseline === undefined
    ? { samples, from, to, dropped, facts: kept }
    : { samples, baseline, from, to, dropped, facts: kept };
}

function finiteFacts(
  facts: Readonly<Record<string, number | undefined>>,
): Readonly<Record<string, number>> {
  const kept: Record<string, number> = {};
  for (const name in facts) {
    const value = facts[name];
    if (value !== undefined && Number.isFinite(value)) kept[name] = value;
  }
  return kept;
}

/**
 * Why a series cannot be judged, or undefined. More samples dropped than kept means that the metric itself is broken:
 * the rest is no fair sample of it.
 */
export function whyUnfit(series: Counted, minSamples: number): JudgementReason | undefined {
  const kept = countOf(series);
  const { nan, infinite } = series.dropped;
  if (nan + infinite > kept) return 'broken-data';
  if (kept === 0) return 'no-data';
  return kept < minSamples ? 'too-few' : undefined;
}
