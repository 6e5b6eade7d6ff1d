import type { Principal } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import { targetKey, type Target } from '../target.ts';
import { formatInstant } from '../time.ts';
import { inCode } from './escape.ts';
import { calledByName, shortCommit } from './names.ts';

/** That a rollback was opened, and what it waits for. Markdown. */
export function startedSentence(number: number, status: string | undefined): string {
  if (status === 'merged') return `Pull request #${number} is opened and merged.`;
  return status === undefined || status === ''
    ? `Pull request #${number} is opened.`
    : `Pull request #${number} is opened and ${status}`;
}

/** That something else runs by now than what somebody saw. Markdown. */
export function newerReleaseSentence(target: Target, { commit, at }: Release): string {
  return `Nothing was done. ${inCode(targetKey(target))} runs another release by now: ${shortCommit(commit)} came at ${formatInstant(at)}, after you wrote this. Look at it, and ask again if it is bad too.`;
}

/** That there is one already. Markdown. */
export function alreadyOpenSentence(number: number, status: string | undefined): string {
  return `Nothing was done. Pull request #${number} for this release is open already${status ? ` and ${status}` : '.'}`;
}

/** That somebody closed the rollback of this release. Markdown. */
export function saidNoSentence(number: number): string {
  return `Nothing was done. Somebody closed pull request #${number} for this release, which is a no. Reopen it to go on with it.`;
}

/** That nobody decided about the rollback of this release in time, and how to have it back. Markdown. */
export function givenUpBeforeSentence(number: number, target: Target): string {
  return `Nothing was done. Pull request #${number} for this release was closed because nobody decided in time. ${inCode(`/retry ${targetKey(target)}`)} reopens it.`;
}

/** Begins the comment that asks for a review after the merge, unseen. */
export const AFTERWARDS_MARK = '<!-- lastgood:review-afterwards -->';

/** Asks for the review that a merge went without because nobody decided in time. Markdown. */
export function reviewAfterSilence(from: readonly Principal[]): string {
  return `Nobody decided in time, so this was merged without an approval, as the policy says. ${calledByName(from)}, please review it now.`;
}

/** Asks for the review that somebody went without. It calls those whose approval it would have needed. Markdown. */
export function reviewAfterwards(login: string, from: readonly Principal[]): string {
  return `${inCode(login)} broke the glass: this was merged without an approval. ${calledByName(from)}, please review it now.`;
}
