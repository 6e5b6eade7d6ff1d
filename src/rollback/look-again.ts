import type { ApprovalState } from '../approval/approval.ts';
import { blobOid } from '../releases/blob-oid.ts';
import { SECOND, type Milliseconds } from '../time.ts';
import type { PullRequest } from './forge.ts';
import { backOff } from './insist.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** So often something is looked at again that GitHub is about to work out or to show. */
const MOST_LOOKS = 8;

/** GitHub moves a branch first, and tells of it in its pull request a moment later (GitHub reality 18). */
export function showsFormerHead(rollback: OpenRollback, pull: PullRequest): boolean {
  return pull.head === rollback.formerHead && rollback.attempts < MOST_LOOKS;
}

/**
 * Waits for an event, and looks again by itself where none will come: a look-up of a reviewer that failed, or whether
 * there is a conflict, which GitHub works out without telling (GitHub reality 6).
 */
export async function waitOn(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  approval: ApprovalState,
): Promise<OpenRollback> {
  if (approval.notCounted.some(({ why }) => why === 'could-not-verify')) {
    return lookAgain(workspace, ports, rollback, 15 * SECOND);
  }
  const unknown = pull.mergeable === 'unknown' && rollback.attempts < MOST_LOOKS;
  if (unknown && (await hasOtherFiles(workspace, rollback))) {
    return lookAgain(workspace, ports, rollback, SECOND);
  }
  if (rollback.attempts === 0 || pull.mergeable === 'unknown') return rollback;
  const rested = { ...rollback, attempts: 0 };
  workspace.open.set(rollback.branch, rested);
  return rested;
}

/** Sets for later that an open rollback is looked at again: after `first`, and after longer each time. */
export function lookAgain(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  first: Milliseconds,
): OpenRollback {
  const waiting = { ...rollback, attempts: rollback.attempts + 1 };
  workspace.open.set(rollback.branch, waiting);
  const when = ports.clock() + backOff(first, waiting.attempts);
  ports.later({ kind: 'advance', branch: rollback.branch, attempts: 1 }, when);
  return waiting;
}

/** Whether the default branch has changed a file of the plan since: only then can there be a conflict. */
async function hasOtherFiles({ manifests }: Workspace, { plan }: OpenRollback): Promise<boolean> {
  const { commit } = await manifests.head();
  if (commit === plan.base) return false;
  for (const { path, before } of plan.files) {
    if ((await manifests.fileAt(commit, path))?.blob !== blobOid(before)) return true;
  }
  return false;
}
