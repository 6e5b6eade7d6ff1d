import { readTrailers } from '../../journal/read-trailers.ts';
import type { PullRequest } from '../../rollback/forge.ts';
import { approvedSentence } from '../../texts/approve-answers.ts';
import type { Answer, Asking } from '../asking.ts';
import { voteMark } from '../read-votes.ts';

/** The answer to this very approval where the rollback merged by it: the merge commit names the comment. */
export async function wasApproved(
  { workspace, ports, said, by, at }: Asking,
  pull: PullRequest,
): Promise<Answer | undefined> {
  if (pull.state !== 'merged' || pull.mergeCommit === undefined) return undefined;
  const { message } = await ports.forge.commit(workspace.repository, pull.mergeCommit);
  const reading = readTrailers(message);
  if (!reading.ok || reading.record.said?.includes(said) !== true) return undefined;
  if (reading.record.approvedBy?.some(({ id }) => id === by.id) !== true) return undefined;
  return {
    outcome: 'done',
    text: approvedSentence(pull.head, 'merged'),
    mark: voteMark({ user: by, commit: pull.head, at }),
  };
}
