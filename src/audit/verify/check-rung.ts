import { rungName } from '../../policy/rung-name.ts';
import type { TargetPolicy } from '../../policy/policy.ts';
import { aroundIt, repairs, type Say, type SeenRollback } from './seen.ts';

/**
 * Whether the rung that a record names is one: the policy has it in that place, and for a later one the release that it
 * went away from was brought by the rung before, towards the same goal. Answers how many rollbacks of the ladder were
 * before it, by what git says and not by the number.
 */
export function checkRung(seen: SeenRollback, policy: TargetPolicy, say: Say): number {
  const { record, ledger } = seen;
  const { number, takes } = record.rung;
  const named = policy.ladder[number - 1];
  // Whom a person names, no ladder leads to; and without a last good release, every rung is the fallback.
  const usual = number === 1 && takes === 'release';
  if (!usual && (named === undefined || rungName(named) !== takes)) {
    say(
      'rung-differs',
      `it calls itself rung ${number}, ${takes}, and the policy has ${named === undefined ? 'no such rung' : `${rungName(named)} there`}.`,
    );
  }
  const whole = repairs(seen);
  if (whole) return whole.climbed + 1;
  if (number === 1) return 0;
  const { before } = aroundIt(seen);
  const last = before && ledger.at(before.commit);
  if (!last || last.record.target !== record.target) {
    say(
      'rung-differs',
      `it calls itself rung ${number}, and what it went away from was brought by no rollback.`,
    );
    return 0;
  }
  const { rung, first, bad, goal } = last.record;
  if (rung.number >= number) {
    say(
      'rung-differs',
      `it calls itself rung ${number}, and the one before it was rung ${rung.number}.`,
    );
  }
  if (record.first !== (first ?? bad)) {
    say(
      'rung-differs',
      `its ladder began at ${(first ?? bad).slice(0, 12)}, not at ${(record.first ?? 'none').slice(0, 12)}.`,
    );
  }
  if (record.goal !== undefined && goal !== undefined && record.goal !== goal) {
    say('rung-differs', `it goes back to another release than the rung before it.`);
  }
  return last.climbed + 1;
}
