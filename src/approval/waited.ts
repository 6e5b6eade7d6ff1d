import type { ApprovalPolicy } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import type { Instant } from '../time.ts';

/**
 * How long a pull request has waited for people, and what was done about that. It begins anew with another head, after
 * a reopening, and whenever people could not have ended the wait in between: while somebody held the target, say.
 */
export interface Waited {
  readonly head: Oid;
  readonly since: Instant;
  /** The last reminder that was given, counted from 1; 0 when none was. */
  readonly reminded: number;
  /** Whether people were called because the time was up. */
  readonly called: boolean;
  /** What is set for later because of it. */
  readonly wakesAt?: Instant;
}

/** What the time says that is to be done by now, and when to look again without any news. */
export interface TimeLeft {
  /** The number of the reminder that is due by now, 0 before the first; those before it are left out. */
  readonly reminder: number;
  /** When the time is up, and whether it is. */
  readonly timeUpAt: Instant;
  readonly timeUp: boolean;
  /** Absent: nothing more happens by itself. */
  readonly next?: Instant;
}

/** A wait is reminded of so often at most: whoever did not hear five times does not hear the sixth. */
export const MOST_REMINDERS = 5;

/** What is due of a wait at a moment. A time that is up is up from that moment on. Pure. */
export function timeLeft(
  { since }: Pick<Waited, 'since'>,
  { remind, timeout }: Pick<ApprovalPolicy, 'remind' | 'timeout'>,
  now: Instant,
): TimeLeft {
  const timeUpAt = since + timeout;
  const reminder = remind === undefined || remind <= 0 ? 0 : remindersBy(now - since, remind);
  const coming = [
    timeUpAt,
    ...(remind !== undefined && remind > 0 && reminder < MOST_REMINDERS
      ? [since + (reminder + 1) * remind]
      : []),
  ].filter((at) => at > now);
  return {
    reminder,
    timeUpAt,
    timeUp: now >= timeUpAt,
    ...(coming.length > 0 && { next: Math.min(...coming) }),
  };
}

function remindersBy(passed: number, remind: number): number {
  return Math.max(0, Math.min(MOST_REMINDERS, Math.floor(passed / remind)));
}
