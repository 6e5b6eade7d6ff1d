import type { Baseline } from '../monitors/judge-regression.ts';
import type { VerifyMetric, VerifyPolicy } from '../policy/policy.ts';
import { modelVersions } from '../releases/versions.ts';
import type { Instant } from '../time.ts';
import { isFresh, type MetricReading, type ServedReading } from './measured.ts';
import { baselineQuery } from './questions.ts';
import type { Recovery, RolledOut, Sign } from './recovery.ts';
import { signOfMetric } from './sign-of-metric.ts';

/** What the metrics of the policy say about recovery, by the last readings. Before the first there is nothing to say. */
export function signsOfReadings(
  recovery: Recovery,
  policy: VerifyPolicy,
  from: Instant,
  now: Instant,
): readonly Sign[] {
  return policy.metrics.map((metric) => signOf(recovery, policy, metric, from, now));
}

function signOf(
  recovery: Recovery,
  policy: VerifyPolicy,
  metric: VerifyMetric,
  from: Instant,
  now: Instant,
): Sign {
  const { name, tolerance, worse } = metric;
  const reading = recovery.measured?.metrics.find((one) => one.name === name);
  const unknown = (seen: string): Sign => ({ name, kind: 'metric', health: 'unknown', seen });
  if (!reading || reading.from < from || !isFresh(reading, policy, recovery.phase, now)) {
    return unknown(
      reading?.failing
        ? `the metric ${name} cannot be read ${reading.failing.why}`
        : `the metric ${name} has not been read since the roll-out`,
    );
  }
  const { at = now, value, series } = reading;
  if (series > 1) return unknown(`the query of the metric ${name} finds ${series} series, not one`);
  const usual = baselineFor(metric, recovery);
  const baseline: Baseline =
    usual === undefined ? { kind: 'last-good', samples: [] } : { kind: 'number', value: usual };
  const sign = signOfMetric({ name, tolerance, worse }, baseline, {
    samples: value === undefined ? [] : [{ at, value }],
    now: at,
    from,
    window: policy.sustain,
  });
  return sign.health === 'unknown' ? sign : { ...sign, since: at, asOf: at };
}

/** What a metric is compared with; undefined while that is not known. */
export function baselineFor(metric: VerifyMetric, recovery: Recovery): number | undefined {
  const { baseline } = metric;
  if (baseline !== 'last-good') return baseline;
  const { good, baselines = {} } = recovery;
  return good ? baselines[baselineQuery(metric, recovery, good)] : undefined;
}

/** What is known of what is being served. */
export interface Serving {
  /** Everything that serves has what the merge brought back. */
  readonly rolledOut?: RolledOut;
  /** What there is to say otherwise, as the end of a sentence. */
  readonly says?: string;
}

/** Whether what is being served is what the merge brought back, and nothing else beside it. */
export function servingOf(
  { measured, goal, mergedAt, phase }: Recovery,
  policy: VerifyPolicy,
  now: Instant,
): Serving {
  const reading = measured?.served;
  if (!reading || !isFresh(reading, policy, phase, now)) {
    const why = reading?.failing?.why;
    return { says: why === undefined ? 'what is being served is not known yet' : untold(why) };
  }
  const { versions, at = now } = reading;
  const wanted = new Set(Object.values(modelVersions(goal)));
  const others = versions.filter((version) => !wanted.has(version));
  if (versions.length === 0) return { says: 'nothing is being served' };
  if (others.length > 0) return { says: `${others.slice(0, 3).join(', ')} is still being served` };
  return { rolledOut: { at: Math.max(at, mergedAt), by: 'served', name: versions.join(', ') } };
}

function untold(why: string): string {
  return `what is being served cannot be read ${why}`;
}

/**
 * Why metric servers give no answer, when that has lasted; undefined while they do. A server that is dead says nothing
 * about the model, and people have to know that nobody looks.
 */
export function unansweredBy(
  { measured, phase }: Recovery,
  policy: VerifyPolicy,
  now: Instant,
): string | undefined {
  const readings: readonly (MetricReading | ServedReading | undefined)[] = [
    ...(measured?.metrics ?? []),
    ...(phase === 'rolling-out' ? [measured?.served] : []),
  ];
  return readings.find((one) => one?.failing && !isFresh(one, policy, phase, now))?.failing?.why;
}
