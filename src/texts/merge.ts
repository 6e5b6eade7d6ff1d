import type { MergeOutcome } from '../rollback/forge.ts';
import { formatDuration, SECOND } from '../time.ts';
import { inProse } from './escape.ts';
import { shortCommit } from './names.ts';

/**
 * What a merge call came to, what is missing, and what Lastgood does next. Reads on from "Pull request #12 " or
 * "Now: ". Markdown.
 */
export function mergeSentence(outcome: MergeOutcome): string {
  switch (outcome.kind) {
    case 'merged':
      return `is merged as ${shortCommit(outcome.commit)}.`;
    case 'head-moved':
      return 'was not merged: its branch moved at the same moment. Lastgood evaluates it again.';
    case 'base-moved':
      return 'was not merged yet: the default branch moved at the same moment. Lastgood tries again by itself.';
    case 'not-computed':
      return 'waits for GitHub to work out whether it can be merged. Lastgood asks again by itself.';
    case 'conflict':
      return 'cannot be merged: the default branch changed the same lines. Set the pins there by hand, or close this pull request.';
    case 'behind':
      return `cannot be merged as it is: a rule asks for the newest commit of the default branch in its branch. ${said(outcome.message)}`;
    case 'checks-pending':
      return `waits for its checks. Lastgood merges it when they pass. ${said(outcome.message)}`;
    case 'reviews-missing':
      return `waits for reviews that the rules of the default branch ask for. Approve it, or let Lastgood bypass the rule. ${said(outcome.message)}`;
    case 'queue-required':
      return `has to go through the merge queue, and Lastgood could not put it there. Add it to the queue, or let Lastgood bypass the rule. ${said(outcome.message)}`;
    case 'queued':
      return 'is in the merge queue. GitHub merges it when its turn has come and the checks pass there.';
    case 'out-of-queue':
      return `was taken out of the merge queue${outcome.why === '' ? '' : ` (${inProse(outcome.why, 100)})`}, and Lastgood does not put it back by itself. Add it again, let Lastgood bypass the rule, or close this pull request.`;
    case 'forbidden':
      return `was refused by GitHub. Mend what it says, or merge it yourself; Lastgood tries again when something changes here. ${said(outcome.message)}`;
    case 'gone':
      return `is closed, or Lastgood can no longer see it. Nothing more happens here. ${said(outcome.message)}`;
    case 'try-later':
      return `was not merged yet. Lastgood tries again in ${formatDuration(Math.max(SECOND, outcome.after))}. ${said(outcome.message)}`;
  }
}

/** What those are told who are called because GitHub refuses a merge for good. Plain text. */
export function refusedCallSentence(call: {
  readonly number: number;
  readonly url: string;
  readonly target: string;
  readonly outcome: MergeOutcome;
}): string {
  const { number, url, target, outcome } = call;
  const what = mergeSentence(outcome).replaceAll('`', '');
  return `Pull request #${number} for ${target} may be merged, and GitHub does not merge it (${url}). It ${what}`;
}

/** GitHub's own words, without its headings and links. */
function said(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const words = lines.filter((line) => line !== '' && !HEADING.test(line)).join(' ');
  return `GitHub says: ${inProse(words.replace(LINK, '').trim() || message, 300)}`;
}

const HEADING = /^Repository rule violations found$/i;
const LINK = /\bVisit https?:\/\/\S+ for more information\.?$/;
