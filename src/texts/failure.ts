import { formatDuration, type Milliseconds } from '../time.ts';
import { flatten } from './escape.ts';

/** That something did not work, why, and when it is tried again. `doing` begins the sentence: "Opening a rollback". */
export function failureSentence(doing: string, error: unknown, again?: Milliseconds): string {
  const why = flatten(error instanceof Error ? error.message : String(error), 600);
  const next = again === undefined ? '' : ` Lastgood tries again in ${formatDuration(again)}.`;
  return `${doing} did not work. ${why}${next}`;
}

/** That somebody whom the policy names could not be asked for a review. */
export function notAskedSentence(number: number, names: string): string {
  return `${names} could not be asked to review pull request #${number}. GitHub asks only teams of this organisation and people who can see the repository: correct the policy's approvals.from, or give them access.`;
}
