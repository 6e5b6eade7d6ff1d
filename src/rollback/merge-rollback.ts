import type { ApprovalState } from '../approval/approval.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { Oid } from '../releases/release.ts';
import { SECOND, type Milliseconds } from '../time.ts';
import { commitMessage } from '../texts/commit-message.ts';
import { mergeSentence } from '../texts/merge.ts';
import { callAboutMerge } from './call-about-merge.ts';
import type { Forge, MergeOutcome, PullRequest, Repository } from './forge.ts';
import { backOff } from './insist.ts';
import type { MergeProof } from './next-step.ts';
import { passCheck } from './rollback-check.ts';
import type { Merged } from './settle-rollback.ts';
import { tellStatus } from './tell-status.ts';
import { bringUpToDate } from './up-to-date.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** The default branch has moved on in a way that only another plan on its newest commit copes with; a sentence says how. */
export interface Stale {
  readonly stale: string;
}

/**
 * The one place that merges. Needs the proof that exactly this head was evaluated, sends one merge call for it,
 * and answers the merge, or says in the pull request what it waits for.
 */
export async function mergeRollback(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  proof: MergeProof,
  approval: ApprovalState,
  policy: Pick<TargetPolicy, 'file' | 'approvals'>,
): Promise<Merged | Stale | undefined> {
  const { repository } = workspace;
  const said = [...(rollback.record.said ?? []), ...saidBy(rollback, proof, approval)];
  const record: RollbackRecord = {
    ...rollback.record,
    mode: proof.by === 'approval' ? 'reviewed' : 'automatic',
    ...(proof.by === 'approval' && { approvedBy: approval.approvedBy }),
    ...(said.length > 0 && { said }),
    ...(proof.by === 'timeout' && {
      unansweredFor: policy.approvals.timeout,
      policy: { file: policy.file, commit: workspace.policies.commit },
    }),
  };
  const { headline, body } = commitMessage(rollback.plan, record);
  const outcome = await mergeOrQueue(ports, repository, rollback, pull, proof.by, {
    number: proof.number,
    head: proof.head,
    method: workspace.policies.set.repository.mergeMethod,
    title: `${headline} (#${proof.number})`,
    message: body,
  });
  if (outcome.kind === 'merged') {
    return { commit: outcome.commit, at: ports.clock(), by: proof.by, record };
  }
  const { plan } = rollback;
  const needsNewBase = outcome.kind === 'conflict' || outcome.kind === 'behind';
  if (needsNewBase && (await isNewer(workspace, ports, plan.base))) {
    return { stale: mergeSentence(outcome) };
  }
  const passes = outcome.kind === 'checks-pending' && (await passCheck(workspace, ports, rollback));
  const wait = passes ? 0 : retryAfter(outcome, rollback.attempts + 1);
  const waiting = { ...rollback, attempts: wait === undefined ? 0 : rollback.attempts + 1 };
  workspace.open.set(rollback.branch, waiting);
  if (wait !== undefined) {
    const due = { kind: 'advance', branch: rollback.branch, attempts: 1 } as const;
    ports.later(due, ports.clock() + wait);
  }
  // It is about to be merged, so it waits for nothing that anybody could read about.
  if (passes) return undefined;
  const waits = mergeSentence(outcome);
  if (!rollback.status.startsWith(waits)) await callAboutMerge(workspace, ports, rollback, outcome);
  await tellStatus(workspace, ports, waiting, pull, waits, 'merge');
  return undefined;
}

/** The comments that those approved it by whose approval counts. */
function saidBy(
  { votes }: OpenRollback,
  { by, head }: MergeProof,
  { approvedBy }: ApprovalState,
): readonly string[] {
  if (by !== 'approval') return [];
  const ids = new Set(approvedBy.map(({ id }) => id));
  return votes.flatMap(({ user, commit, said }) =>
    said !== undefined && commit === head && ids.has(user.id) ? [said] : [],
  );
}

/**
 * The direct merge call, because it alone honours a bypass (GitHub reality 9), one that was granted meanwhile as well;
 * where it is refused for a merge queue, the queue. What GitHub or a person took out of it is not put back by itself: that was a verdict, or a no.
 */
async function mergeOrQueue(
  ports: Ports,
  repository: Repository,
  { headSince }: OpenRollback,
  { nodeId, traces }: PullRequest,
  by: MergeProof['by'],
  request: Parameters<Forge['merge']>[1],
): Promise<MergeOutcome> {
  const outcome = await ports.forge.merge(repository, request);
  // The commit of a queue could not say that nobody decided: it would pass for approved.
  if (outcome.kind !== 'queue-required' || by === 'timeout') return outcome;
  if (traces?.queue.waits) return { kind: 'queued' };
  const takenOut = traces?.queue.takenOut;
  if (takenOut && takenOut.at >= headSince.at) return { kind: 'out-of-queue', why: takenOut.why };
  return ports.forge.enqueue(repository, { number: request.number, nodeId, head: request.head });
}

/** Whether the default branch has a commit that the plan does not know: the push may not have been told yet. */
async function isNewer(workspace: Workspace, ports: Ports, plannedOn: Oid): Promise<boolean> {
  await bringUpToDate(workspace, ports);
  return (await workspace.manifests.head()).commit !== plannedOn;
}

/** When the same step may succeed without anybody doing anything; undefined when an event or a person ends the wait. */
export function retryAfter(
  outcome: Exclude<MergeOutcome, { kind: 'merged' }>,
  attempts: number,
): Milliseconds | undefined {
  switch (outcome.kind) {
    case 'head-moved':
    case 'gone':
      // At once, but not for ever: GitHub may go on showing the old state.
      return attempts === 1 ? 0 : backOff(SECOND, attempts - 1);
    case 'base-moved':
      // GitHub reality 2: the only refusal that is tried again as it is, after 4 s, 8 s, …
      return backOff(4 * SECOND, attempts);
    case 'not-computed':
      return backOff(SECOND, attempts);
    case 'try-later':
      return Math.max(outcome.after, backOff(SECOND, attempts));
    case 'behind':
      // Nobody tells when GitHub has noticed that it is behind no longer.
      return backOff(4 * SECOND, attempts);
    case 'conflict':
    case 'checks-pending':
    case 'reviews-missing':
    case 'queue-required':
    case 'queued':
    case 'out-of-queue':
    case 'forbidden':
      return undefined;
  }
}
