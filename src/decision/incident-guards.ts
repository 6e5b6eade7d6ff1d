import { targetKey } from '../target.ts';
import type { DecisionInput, PastRollback } from './decision.ts';
import type { Finding } from './guard.ts';

function ofTarget({ past, policy }: DecisionInput): readonly PastRollback[] {
  const target = targetKey(policy.target);
  return past.filter((one) => one.target === target);
}

/** Rollbacks of this very incident: this target, this bad release. */
function ofIncident(input: DecisionInput): readonly PastRollback[] {
  return ofTarget(input).filter((one) => one.badCommit === input.running.commit);
}

/** The newest one, by its number, so that the order of the list does not matter. */
function newest(past: readonly PastRollback[]): PastRollback | undefined {
  return past.reduce<PastRollback | undefined>(
    (best, one) => (best === undefined || one.number > best.number ? one : best),
    undefined,
  );
}

function finding(one: PastRollback | undefined): Finding | undefined {
  return one && { facts: { pull: one.number, badCommit: one.badCommit } };
}

/** A rollback of the target is open, for this bad release or for another: two at once would undo each other. */
export function rollbackInProgress(input: DecisionInput): Finding | undefined {
  const open = ofTarget(input).filter((one) => one.state === 'open');
  const same = open.filter((one) => one.badCommit === input.running.commit);
  return finding(newest(same) ?? newest(open));
}

/** The rollback of this incident is merged; what runs by then is not yet seen here. */
export function alreadyRolledBack(input: DecisionInput): Finding | undefined {
  return finding(newest(ofIncident(input).filter((one) => one.state === 'merged')));
}

/** A person closed the rollback of this incident: that is a no. */
export function closedByPerson(input: DecisionInput): Finding | undefined {
  return finding(newest(ofIncident(input).filter((one) => one.state === 'closed-by-person')));
}

/** Nobody decided about the rollback of this incident in time, and its policy gave it up: only a person reopens it. */
export function closedUnanswered(input: DecisionInput): Finding | undefined {
  return finding(newest(ofIncident(input).filter((one) => one.state === 'closed-unanswered')));
}
