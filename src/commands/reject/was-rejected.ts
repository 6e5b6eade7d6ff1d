import type { PullRequest } from '../../rollback/forge.ts';
import { rejectedSentence } from '../../texts/approve-answers.ts';
import { SECOND } from '../../time.ts';
import type { Answer, Asking } from '../asking.ts';
import { isOwn } from '../conversation.ts';

/** What the answer to the no that closed a rollback carries unseen. */
export const REJECTED_MARK = '<!-- lastgood:rejected -->';

/**
 * The answer to this very no where it closed the rollback: the App closed it after this was said, for no reason of its
 * own, and has answered nobody else that it did. A closing carries no text that could name the comment.
 */
export async function wasRejected(
  { workspace, ports, at, number, branch = '' }: Asking,
  { state, traces }: PullRequest,
  reason: string,
): Promise<Answer | undefined> {
  const { repository, past } = workspace;
  const { endedByApp = false, endedAt, unanswered = false } = traces ?? {};
  if (state !== 'closed' || !endedByApp || unanswered || endedAt === undefined) return undefined;
  if (past.get(branch)?.state === 'closed-by-lastgood' || at >= endedAt + SECOND) return undefined;
  const self = await ports.self(repository);
  const comments = await ports.conversation.comments(repository, number, endedAt - SECOND);
  const isAnswered = comments.some((one) => isOwn(one, self) && one.body.includes(REJECTED_MARK));
  if (isAnswered) return undefined;
  return { outcome: 'done', text: rejectedSentence(number, reason), mark: REJECTED_MARK };
}
