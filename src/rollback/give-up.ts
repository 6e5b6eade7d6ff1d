import { targetKey } from '../target.ts';
import { givenUpSentence, waitedMark } from '../texts/waited.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { closedStatus } from '../texts/outcome.ts';
import type { PullRequest } from './forge.ts';
import { tellOutcomeLater } from './tell-outcome.ts';
import { hasSaid } from './has-said.ts';
import { recordClosed } from './settle-rollback.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

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
  rollback: OpenRollback,
  pull: PullRequest,
  sentence: string,
): void {
  recordClosed(workspace, ports, rollback, 'closed-unanswered', `closed: ${sentence}`);
  tellOutcomeLater(ports, pull, closedStatus(sentence));
}
