import type { Evidence } from '../decision/decision.ts';
import type { Plan } from '../rollback/plan.ts';
import { formatInstant } from '../time.ts';
import type { CheckText } from './check.ts';
import { inCode, inProse, plainWords } from './escape.ts';
import { planSentence } from './plan.ts';

/** What the check of a rollback pull request says: its state, its plan, and the evidence it rests on. */
export function rollbackCheckText(facts: {
  readonly plan: Plan;
  readonly evidence: Evidence;
  /** What it waits for, as Markdown; absent once it may be merged. */
  readonly waits?: string;
  /** What happens next if nobody does anything, as Markdown. */
  readonly next?: string;
}): CheckText {
  const { plan, evidence, waits, next } = facts;
  const { alert, firings } = evidence;
  const seen = `${inCode(alert.name, 100)} (${alert.severity}) fires since ${formatInstant(alert.startsAt)}, seen ${firings.length}×.`;
  const summary = alert.summary === undefined ? [] : [`> ${inProse(alert.summary, 500)}`];
  const state =
    waits === undefined ? 'Evaluated, and may be merged.' : `This pull request ${waits}`;
  return {
    title: titleOf(state),
    summary: [
      `**Now:** ${state}`,
      ...(next === undefined ? [] : [`**Next:** ${next}`]),
      planSentence(plan),
      seen,
      ...summary,
    ].join('\n\n'),
  };
}

/** GitHub shows a title as plain text. */
function titleOf(state: string): string {
  return plainWords(state.replace(/^This pull request /, '').replaceAll('**', ''), 200);
}
