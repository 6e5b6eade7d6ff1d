import type { DrillPeriod } from '../policy/policy.ts';
import { DAY, type Instant, type Milliseconds } from '../time.ts';
import type { TargetDrills } from './drill.ts';

/** From the beginning of one drill to the next. Months have the length of the shortest that many rules count with. */
const LENGTHS: Readonly<Record<Exclude<DrillPeriod, 'never'>, Milliseconds>> = {
  weekly: 7 * DAY,
  monthly: 30 * DAY,
  quarterly: 91 * DAY,
};

/** A drill that is due and does not come for so long a part of its period is overdue. */
const PATIENCE = 1 / 4;

export interface Schedule {
  readonly dueAt: Instant;
  /** From then on it is overdue: people should know that nobody knows. */
  readonly overdueAt: Instant;
}

/**
 * When the next drill of a target is due; undefined where the policy asks for none. It counts from when the last one
 * began that came to an end by itself: one that was given up showed nothing. A target without one counts from when its
 * schedule was first seen. Pure.
 */
export function scheduleOf(
  every: DrillPeriod,
  { noted, past }: Pick<TargetDrills, 'noted' | 'past'>,
): Schedule | undefined {
  if (every === 'never') return undefined;
  const length = LENGTHS[every];
  const last = past.findLast(({ outcome }) => outcome !== 'given-up');
  const dueAt = (last?.startedAt ?? noted) + length;
  return { dueAt, overdueAt: dueAt + length * PATIENCE };
}
