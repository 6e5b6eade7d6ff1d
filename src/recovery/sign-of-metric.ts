import type { Judgement } from '../monitors/judgement.ts';
import { judgeRegression, type Baseline } from '../monitors/judge-regression.ts';
import type { Sample } from '../monitors/series.ts';
import type { Instant, Milliseconds } from '../time.ts';
import type { Sign } from './recovery.ts';

/** What tells by a metric that a model is well again. */
export interface RecoveryMetric {
  readonly name: string;
  /** How far it may be from its baseline: 0.1 is 10 % of the baseline's size. */
  readonly tolerance: number;
  /** On which side of the baseline it is ill: only above it, only below it, or on both. */
  readonly worse: 'any' | 'higher' | 'lower';
}

/** What was measured, and when. */
export interface MetricLook {
  readonly samples: Iterable<Sample>;
  readonly now: Instant;
  /** The roll-out: what was measured before does not count. */
  readonly from: Instant;
  /** The mean of so much time before now is looked at. */
  readonly window: Milliseconds;
}

/**
 * What a metric says about recovery: well when the mean since the roll-out is within the tolerance of the baseline.
 * No data, broken data, or no baseline to compare with is unknown.
 */
export function signOfMetric(metric: RecoveryMetric, baseline: Baseline, look: MetricLook): Sign {
  const { name, worse } = metric;
  const sides = worse === 'any' ? (['higher', 'lower'] as const) : [worse];
  const judgements = sides.map((worse) =>
    judgeRegression(
      {
        window: look.window,
        statistic: { kind: 'mean' },
        limit: { kind: 'relative', amount: metric.tolerance, worse },
        minSamples: 1,
      },
      baseline,
      { samples: look.samples, at: look.now, releasedAt: look.from },
    ),
  );
  const bad = judgements.find(({ verdict }) => verdict === 'bad');
  const unsure = judgements.find(({ verdict }) => verdict === 'inconclusive');
  const deciding = bad ?? unsure ?? judgements[0];
  const health = bad ? 'ill' : unsure ? 'unknown' : 'well';
  return { name, kind: 'metric', health, seen: sentence(name, health, deciding) };
}

function sentence(name: string, health: Sign['health'], judgement: Judgement | undefined): string {
  const { value, bound, evidence, reason } = judgement ?? {};
  const expected = evidence?.facts['expected'];
  const than = expected === undefined ? '' : ` (baseline ${shown(expected)})`;
  switch (health) {
    case 'well':
      return `the metric ${name} is ${shown(value)}, within its tolerance${than}`;
    case 'ill':
      return `the metric ${name} is ${shown(value)}, beyond ${shown(bound)}${than}`;
    case 'unknown':
      return reason === 'no-baseline'
        ? `the metric ${name} has no baseline to be compared with`
        : `the metric ${name} has no data since the roll-out`;
  }
}

function shown(value = Number.NaN): string {
  return String(Number(value.toPrecision(4)));
}
