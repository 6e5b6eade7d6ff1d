import { thinOut } from '../plot/thin-out.ts';
import { MOST_POINTS } from '../journal/samples.ts';
import type { Instant } from '../time.ts';
import type { Answers } from './measured.ts';
import type { Recovery } from './recovery.ts';

/**
 * What was measured of one metric since the merge: the evidence of recovery, for the journal. Bounded; what an entry
 * carries is forgotten here.
 */
export interface Recorded {
  readonly name: string;
  /** In order: a time and a value each. */
  readonly points: readonly (readonly [at: Instant, value: number])[];
  /** The newest point that was ever recorded: readings overlap. */
  readonly until: Instant;
}

/** What is recorded with what was answered now; a metric that was not measured stays as it is. */
export function withRecorded(
  recorded: readonly Recorded[],
  { metrics }: Pick<Answers, 'metrics'>,
): readonly Recorded[] {
  return metrics.flatMap(({ name, points = [] }) => {
    const before = recorded.find((one) => one.name === name);
    const since = before?.until ?? Number.NEGATIVE_INFINITY;
    const fresh = points.filter(([at]) => at > since).toSorted(([a], [b]) => a - b);
    const until = fresh.at(-1)?.[0];
    if (until === undefined) return before ?? [];
    return { name, points: bounded([...(before?.points ?? []), ...fresh]), until };
  });
}

/** Of each part of the time, `thinOut` keeps up to five points. */
const PARTS = MOST_POINTS / 5;

function bounded(points: Recorded['points']): Recorded['points'] {
  if (points.length <= 2 * MOST_POINTS) return points;
  const all = points.map(([at, value]) => ({ at, value }));
  const [first = 0, last = 0] = [points[0]?.[0], points.at(-1)?.[0]];
  return thinOut(all, first, last, PARTS).flatMap(({ at, value }) =>
    value === null ? [] : [[at, value] as const],
  );
}

/** That an entry carries it. */
export function recordedAway(recovery: Recovery): Recovery {
  if (!recovery.recorded) return recovery;
  return { ...recovery, recorded: recovery.recorded.map((one) => ({ ...one, points: [] })) };
}
