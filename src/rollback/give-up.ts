import { targetKey } from '../target.ts';
import { givenUpSentence, waitedMark } from '../texts/waited.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { closedStatus } from '../texts/outcome.ts';
import type { PullRequest } from './forge.ts';
import { tellOutcomeLater } from './tell-outcome.ts';
import { hasSaid } from './has-said.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/**
 * Closes a rollback that nobody decided about in time, as its policy says. Why is said first: a process that dies in
 * between finds that, and closes; one that dies after the closing left what says why. Its branch stays, so that a person
 * can reopen it.
 */
export async function giveUp(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  { approvals }: Pick<TargetPolicy, 'approvals'>,
): Promise<void> {
  const { repository } = workspace;
  const { number, plan, waited } = rollback;
  const since = waited?.since ?? 0;
  const sentence = givenUpSentence(targetKey(plan.target), approvals.timeout);
  if (!(await hasSaid(workspace, ports, number, since, 'closed'))) {
    const body = `${waitedMark(since, 'closed')}\n${sentence}`;
    await ports.conversation.say(repository, number, body);
  }
  await ports.forge.close(repository, number);
  settleGivenUp(workspace, ports, rollback, pull, sentence);
}

/** Records that a rollback was closed because nobody decided in time. */
export function settleGivenUp(
  workspace: Workspace,
  ports: Ports,
  { branch, number }: OpenRollback,
  pull: PullRequest,
  sentence: string,
): void {
  const past = workspace.past.get(branch);
  if (past) workspace.past.set(branch, { ...past, state: 'closed-unanswered' });
  workspace.open.delete(branch);
  ports.journal.write({
    kind: 'closed',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    incident: branch,
    number,
    by: 'lastgood',
    sentence: `Pull request #${number} closed: ${sentence}`,
  });
  tellOutcomeLater(ports, pull, closedStatus(sentence));
}
