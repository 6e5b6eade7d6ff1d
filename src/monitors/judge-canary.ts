import type { Milliseconds } from '../time.ts';
import { classifyMetric, type MetricRule } from './canary/classify-metric.ts';
import { scoreMetrics, type ScoredMetric } from './canary/score-metrics.ts';
import type { Judgement } from './judgement.ts';
import { readSeries, valuesOf, type Sample, type Samples } from './series.ts';
import type { Instant } from '../time.ts';

/** A metric of the canary and of the stable release, measured over the same time. */
export interface CanaryMetric {
  readonly name: string;
  readonly groups: readonly string[];
  readonly rule: MetricRule;
  readonly canary: Samples;
  readonly stable: Samples;
}

export interface CanaryRule {
  readonly window: Milliseconds;
  /** A score of at least this is good, and one below `marginal` is bad. */
  readonly pass: number;
  readonly marginal: number;
  readonly weights: Readonly<Record<string, number>>;
  /** Below so many samples on either side of every metric nothing is said. Kayenta's own advice is 50. */
  readonly minSamples: number;
  /** A canary without any sample for so long is bad, if the stable release had some all the time. */
  readonly silentAfter: Milliseconds;
}

export interface CanaryLook {
  readonly metrics: readonly CanaryMetric[];
  readonly at: Instant;
  readonly releasedAt: Instant;
}

/**
 * A canary beside the stable release at the same time, by Kayenta's judge. Half of all bad canaries show only in that
 * their metrics end, so a canary that is silent while the stable release speaks is bad too, after a time.
 */
export function judgeCanary(rule: CanaryRule, { metrics, at, releasedAt }: CanaryLook): Judgement {
  const span = { from: Math.max(at - rule.window, releasedAt), to: at };
  const read = metrics.map((metric) => ({
    metric,
    canary: readSeries(metric.canary, span),
    stable: readSeries(metric.stable, span),
  }));
  const total = (pick: (one: (typeof read)[number]) => number) =>
    read.reduce((sum, one) => sum + pick(one), 0);
  const facts: Record<string, number> = {};
  const judgement = (
    verdict: Judgement['verdict'],
    reason: Judgement['reason'],
    score?: number,
  ): Judgement => ({
    judge: 'canary',
    verdict,
    reason,
    ...(score !== undefined && { value: score, bound: rule.pass }),
    evidence: {
      samples: total(({ canary }) => canary.points.length),
      baseline: total(({ stable }) => stable.points.length),
      ...span,
      dropped: {
        nan: total(({ canary, stable }) => canary.dropped.nan + stable.dropped.nan),
        infinite: total(({ canary, stable }) => canary.dropped.infinite + stable.dropped.infinite),
        repeated: total(({ canary, stable }) => canary.dropped.repeated + stable.dropped.repeated),
      },
      facts,
    },
  });

  const lastOf = (pick: (one: (typeof read)[number]) => Instant | undefined) =>
    read.reduce<number>((last, one) => Math.max(last, pick(one) ?? span.from), span.from);
  const silence = at - lastOf(({ canary }) => canary.points.at(-1)?.at);
  facts['silence'] = silence;
  if (
    silence >= rule.silentAfter &&
    spokeAllAlong(
      read.map(({ stable }) => stable),
      rule,
    )
  ) {
    return judgement('bad', 'silent');
  }
  const broken = (side: 'canary' | 'stable') =>
    total((one) => one[side].dropped.nan + one[side].dropped.infinite) >
    total((one) => one[side].points.length);
  if (broken('canary') || broken('stable')) return judgement('inconclusive', 'broken-data');
  const fewest = Math.max(
    0,
    ...read.map(({ canary, stable }) => Math.min(canary.points.length, stable.points.length)),
  );
  if (fewest === 0) return judgement('inconclusive', 'no-data');
  if (fewest < rule.minSamples) return judgement('inconclusive', 'too-few');

  const scored: ScoredMetric[] = read.map(({ metric, canary, stable }) => {
    const { label } = classifyMetric(valuesOf(canary), valuesOf(stable), metric.rule);
    return { groups: metric.groups, label, critical: metric.rule.critical };
  });
  facts['failed'] = scored.filter(({ label }) => label !== 'pass' && label !== 'no-data').length;
  facts['metrics'] = scored.length;
  const { score, because } = scoreMetrics(scored, rule.weights);
  if (because === 'no-data') return judgement('inconclusive', 'no-data', score);
  if (score >= rule.pass) return judgement('good', 'within', score);
  return score >= rule.marginal
    ? judgement('inconclusive', 'marginal', score)
    : judgement('bad', 'beyond', score);
}

/** Whether some metric of the stable release came through all of the silence: else the scrape is broken, not the canary. */
function spokeAllAlong(
  stable: readonly { readonly points: readonly Sample[]; readonly span: { to: Instant } }[],
  { silentAfter }: CanaryRule,
): boolean {
  const parts = 4;
  return stable.some(({ points, span }) =>
    Array.from({ length: parts }, (_, i) => span.to - (silentAfter * (i + 1)) / parts).every(
      (from) => points.some(({ at }) => at >= from && at <= from + silentAfter / parts),
    ),
  );
}
