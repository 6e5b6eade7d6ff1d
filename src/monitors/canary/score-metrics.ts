import type { Label } from './classify-metric.ts';

export interface ScoredMetric {
  readonly groups: readonly string[];
  readonly label: Label;
  /** Whether the metric is critical, whatever its label. */
  readonly critical: boolean;
}

export interface CanaryScore {
  /** 0 to 100, to two digits. */
  readonly score: number;
  readonly groups: Readonly<Record<string, number>>;
  /** What made the score 0 at once. */
  readonly because?: 'critical' | 'no-data';
}

/**
 * The score of a canary, as Kayenta's judge sums it: the share of metrics that pass, by groups and their weights. Any
 * critical metric that does not pass makes it 0, and so does half of the metrics being without data. Groups without
 * a weight share what is left of 100.
 */
export function scoreMetrics(
  metrics: readonly ScoredMetric[],
  weights: Readonly<Record<string, number>> = {},
): CanaryScore {
  const names = [...new Set(metrics.flatMap(({ groups }) => groups))];
  const shares = names.map((name) => ({ name, ...groupShare(metrics, name) }));
  const groups = Object.fromEntries(
    shares.map(({ name, share }) => [name, round(100 * (share ?? 0))]),
  );
  const silent = metrics.filter(({ label }) => label === 'no-data').length;
  if (metrics.some(({ critical, label }) => critical && label !== 'pass')) {
    return { score: 0, groups, because: 'critical' };
  }
  if (silent * 2 >= metrics.length) return { score: 0, groups, because: 'no-data' };

  const given = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const unweighted = names.filter((name) => weights[name] === undefined).length;
  const rest = unweighted === 0 ? 0 : (100 - given) / unweighted;
  const score = shares.reduce(
    (sum, { name, share }) => sum + (share ?? 1) * (weights[name] ?? rest),
    0,
  );
  return { score: round(score), groups };
}

/** The share of a group's metrics that pass; undefined if none of them has data. */
function groupShare(metrics: readonly ScoredMetric[], name: string): { share?: number } {
  const labels = metrics
    .filter(({ groups, label }) => groups.includes(name) && label !== 'no-data')
    .map(({ label }) => label);
  if (labels.length === 0) return {};
  return { share: labels.filter((label) => label === 'pass').length / labels.length };
}

function round(score: number): number {
  return Math.round(score * 100) / 100;
}
