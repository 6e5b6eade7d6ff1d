import type { TargetPolicy } from '../policy/policy.ts';
import { approvalSentence } from '../texts/approval.ts';
import type { Quiet } from '../texts/waited.ts';
import { waitingSentence } from '../texts/waiting.ts';
import type { PullRequest } from './forge.ts';
import { keepTime, stopTime } from './keep-time.ts';
import { waitOn } from './look-again.ts';
import {
  isObjectedTo,
  isTimed,
  whyNotUnanswered,
  type StepInput,
  type WaitsFor,
} from './next-step.ts';
import type { Situation } from './read-situation.ts';
import { tellStatus } from './tell-status.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** Leaves an open rollback as it is, says in its pull request what it waits for, and keeps the time that people have. */
export async function keepWaiting(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  policy: TargetPolicy,
  situation: Situation,
  waitsFor: WaitsFor,
): Promise<void> {
  const { approval, restrictions, recheckAt, unansweredRecheckAt } = situation;
  if (waitsFor === 'approval-by-policy' && recheckAt !== undefined) {
    ports.later({ kind: 'advance', branch: rollback.branch, attempts: 1 }, recheckAt);
  }
  await leaveQueue(workspace, ports, pull);
  const waiting = await waitOn(workspace, ports, rollback, pull, approval);
  const approvals = approvalSentence(approval, policy.approvals);
  const waits = waitingSentence(waitsFor, approvals, restrictions);
  if (!isTimed(waitsFor)) {
    const untimed = stopTime(workspace, waiting);
    return tellStatus(workspace, ports, untimed, pull, waits, waitsFor);
  }
  const quiet = whyQuiet(workspace, waiting, situation);
  const whyNot = policy.approvals.onTimeout === 'merge' ? whyNotUnanswered(situation) : undefined;
  const { rollback: timed, next } = keepTime(workspace, ports, waiting, {
    head: pull.head,
    policy,
    approval,
    waits,
    ...(quiet && { quiet }),
    ...(whyNot && { whyNot }),
    ...(unansweredRecheckAt !== undefined && { recheckAt: unansweredRecheckAt }),
  });
  return tellStatus(workspace, ports, timed, pull, waits, waitsFor, next);
}

/** Takes out of the merge queue what Lastgood put there and may no longer be merged: somebody holds it by now, say. */
async function leaveQueue(
  { repository }: Workspace,
  ports: Ports,
  { number, nodeId, traces }: PullRequest,
): Promise<void> {
  const queue = traces?.queue;
  if (queue?.waits && queue.byApp) await ports.forge.dequeue(repository, { number, nodeId });
}

/** Why nobody is to be told again that a rollback waits, if so. */
function whyQuiet(
  { evidence }: Workspace,
  { alerts }: OpenRollback,
  input: StepInput,
): Quiet | undefined {
  if (isObjectedTo(input)) return 'answered';
  if (input.storm) return 'storm';
  const statuses = [...alerts].map((key) => evidence.get(key)?.alert.status);
  const resolved = statuses.length > 0 && statuses.every((status) => status === 'resolved');
  return resolved ? 'resolved' : undefined;
}
