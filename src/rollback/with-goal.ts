import type { Decision } from '../decision/decision.ts';
import type { Selection } from '../releases/selection.ts';
import { targetKey, type Target } from '../target.ts';
import { noGoalSentence } from '../texts/passed-over.ts';

/** A rollback needs somewhere to go; without it people are told, whatever the policy says. */
export function withGoal(decision: Decision, target: Target, selection: Selection): Decision {
  const acts = decision.act === 'review' || decision.act === 'merge';
  if (!acts || selection.kind !== 'none') return decision;
  const why = noGoalSentence(selection.passedOver);
  return { act: 'notify', reason: 'no-goal', facts: { target: targetKey(target), why } };
}
