import type { Plan } from '../rollback/plan.ts';
import { targetKey } from '../target.ts';
import { flatten } from './escape.ts';
import { listOf, shortCommit } from './names.ts';

/** What a plan would do, in one line for the journal and the terminal. */
export function planSentence(plan: Plan): string {
  const edits = plan.edits.map(
    ({ pin, from, to }) => `${flatten(pin)} ${flatten(from, 80)} → ${flatten(to, 80)}`,
  );
  const goal =
    plan.goal.kind === 'release'
      ? `the release of ${shortCommit(plan.goal.commit)}`
      : 'the fallback of the policy';
  return `Planned to take ${targetKey(plan.target)} back to ${goal}: ${listOf(edits)}.`;
}

/** A rollback pull request that was found, not opened, is taken over. */
export function adoptedSentence(number: number): string {
  return `Pull request #${number} for this rollback was there already and is continued.`;
}
