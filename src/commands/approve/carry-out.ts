import { advanceRollback } from '../../rollback/advance-rollback.ts';
import type { Vote } from '../../rollback/workspace.ts';
import { SECOND } from '../../time.ts';
import { approvedSentence, notThisHead, notContinued } from '../../texts/approve-answers.ts';
import type { CarryOut } from '../asking.ts';
import { voteMark } from '../read-votes.ts';

export const carryOut: CarryOut<'approve'> = async (asking) => {
  const { workspace, ports, branch = '', number, by, at } = asking;
  const rollback = workspace.open.get(branch);
  if (!rollback) return { outcome: 'refused', text: notContinued() };
  const { head } = await ports.forge.pull(workspace.repository, number);
  if (head !== rollback.verifiedHead) return { outcome: 'refused', text: notThisHead('foreign') };
  // GitHub tells when a comment was written to the second.
  const since = rollback.headSince.at;
  if (at < since - (since % SECOND)) return { outcome: 'refused', text: notThisHead('renewed') };
  const vote: Vote = { user: by, commit: head, at, said: asking.said };
  const others = rollback.votes.filter(({ user }) => user.id !== by.id);
  workspace.open.set(branch, { ...rollback, votes: [...others, vote] });
  await advanceRollback(workspace, ports, branch);
  const status = workspace.open.get(branch)?.status;
  const merged = workspace.past.get(branch)?.state === 'merged';
  return {
    outcome: 'done',
    text: approvedSentence(head, merged ? 'merged' : (status ?? '')),
    mark: voteMark(vote),
  };
};
