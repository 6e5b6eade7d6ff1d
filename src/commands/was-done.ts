import type { PullRequest } from '../rollback/forge.ts';
import { wasApproved } from './approve/was-approved.ts';
import type { Answer, Asking } from './asking.ts';
import type { Command } from './command.ts';
import { permit } from './permit.ts';
import { wasRejected } from './reject/was-rejected.ts';

/**
 * What came of a command that ended the rollback it stands in, when the process died before it was answered; undefined
 * when somebody else ended it, or nobody did.
 */
export async function wasDone(asking: Asking, command: Command): Promise<Answer | undefined> {
  const { workspace, ports, branch, number } = asking;
  if (branch === undefined || (command.name !== 'approve' && command.name !== 'reject')) {
    return undefined;
  }
  const { may } = await permit(asking, command, 'as-if-open');
  if (!may) return undefined;
  const pull: PullRequest = await ports.forge.pull(workspace.repository, number);
  return command.name === 'approve'
    ? wasApproved(asking, pull)
    : wasRejected(asking, pull, command.reason);
}
