import type { OpenRollback } from '../rollback/workspace.ts';
import { inProse } from './escape.ts';
import { shortCommit } from './names.ts';

/** That an approval counts, and what that came to. Markdown. */
export function approvedSentence(head: string, status: string): string {
  const then = status === 'merged' ? ' It is merged.' : status === '' ? '' : ` It ${status}`;
  return `Approved as it stands at ${shortCommit(head)}.${then}`;
}

/** Why an approval counts for nothing. Markdown. */
export function notThisHead(why: 'foreign' | 'renewed'): string {
  return why === 'foreign'
    ? 'Nothing was done. Somebody pushed to the branch, so what stands there is not the plan that was evaluated. Reset it, then approve.'
    : 'Nothing was done. It was planned again after you wrote this. Look at what it is now, and approve in a new comment.';
}

/** Why a rollback that is open cannot be approved here. Markdown. */
export function notContinued(): string {
  return 'Nothing was done. Lastgood cannot continue this rollback now: no valid policy claims its target, or its record cannot be read. Merge it yourself, or mend the policy.';
}

/** That somebody said no. Markdown. */
export function rejectedSentence(number: number, reason: string): string {
  return `#${number} is closed: ${inProse(reason.replace(/[.!?]+$/, ''), 500)}. That is a no: it is not opened again for this release.`;
}

/** What came of another try. Markdown. */
export function retriedSentence(open: readonly Pick<OpenRollback, 'number' | 'status'>[]): string {
  const states = open.map(({ number, status }) => ` #${number} ${status || 'goes on.'}`);
  return `Tried again.${states.length === 0 ? ' No rollback is open.' : states.join('')}`;
}
