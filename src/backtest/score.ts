import { quantile } from '../monitors/statistics/descriptive.ts';
import { wilson } from '../monitors/statistics/wilson.ts';
import type { Span } from '../monitors/series.ts';
import type { TargetKey } from '../target.ts';
import { DAY, type Instant, type Milliseconds } from '../time.ts';
import type { Incident } from './incidents.ts';
import { poissonInterval } from './poisson.ts';

/** An interval of 95 %. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What a policy would have been worth on a recording. */
export interface Score {
  readonly incidents: number;
  readonly found: number;
  /** The share that was found; absent without incidents. */
  readonly recall?: Interval & { readonly share: number };
  /** From the beginning of an incident to the rollback that answers it. Absent where none was found. */
  readonly timeToDetect?: { readonly median: Milliseconds; readonly p90: Milliseconds };
  /** Rollbacks outside of all incidents, the time without one in days, and how many come in 30 such days. */
  readonly falseRollbacks: number;
  readonly freeDays: number;
  readonly falsePer30Days: Interval & { readonly rate: number };
}

/** A rollback that would have been opened. */
export interface Opened {
  readonly target: TargetKey;
  readonly at: Instant;
}

/** The incident that a rollback answers. */
export function answers(opened: Opened, incidents: readonly Incident[]): Incident | undefined {
  return incidents.find(
    ({ target, from, to }) => target === opened.target && opened.at >= from && opened.at <= to,
  );
}

/**
 * Scores what would have been opened against the incidents, per target: a rollback within one answers it, and the first
 * says how long it took; each of the others is false. The interval of a share is Wilson's, that of a rate Garwood's.
 */
export function score(
  opened: readonly Opened[],
  incidents: readonly Incident[],
  targets: readonly TargetKey[],
  span: Span,
): Score {
  const inside = incidents.filter(({ from, to }) => from <= span.to && to >= span.from);
  const delays = inside.flatMap((incident) => {
    const hits = opened.filter((one) => answers(one, [incident]));
    return hits.length === 0 ? [] : [Math.min(...hits.map(({ at }) => at)) - incident.began];
  });
  const falseRollbacks = opened.filter((one) => !answers(one, inside)).length;
  const freeDays = targets.reduce((sum, target) => sum + freeTime(target, inside, span), 0) / DAY;
  const { low, high } = poissonInterval(falseRollbacks);
  const per30 = (count: number): number =>
    freeDays > 0 ? (30 * count) / freeDays : count === 0 ? 0 : Number.POSITIVE_INFINITY;
  const of = inside.length;
  return {
    incidents: of,
    found: delays.length,
    ...(of > 0 && { recall: { share: delays.length / of, ...wilson(delays.length, of) } }),
    ...(delays.length > 0 && {
      timeToDetect: { median: quantile(delays, 0.5), p90: quantile(delays, 0.9) },
    }),
    falseRollbacks,
    freeDays,
    falsePer30Days: { rate: per30(falseRollbacks), low: per30(low), high: per30(high) },
  };
}

/** The time of a span in which a target had no incident; what two of them share counts once. */
function freeTime(target: TargetKey, incidents: readonly Incident[], span: Span): Milliseconds {
  const own = incidents.filter((one) => one.target === target).toSorted((a, b) => a.from - b.from);
  let free = 0;
  let known = span.from;
  for (const { from, to } of own) {
    free += Math.max(0, Math.min(from, span.to) - known);
    known = Math.max(known, to);
  }
  return free + Math.max(0, span.to - known);
}
