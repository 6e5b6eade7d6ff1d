import { STATE_BRANCH } from '../state/view.ts';
import { branchMoved } from '../recovery/follow-recovery.ts';
import { advanceRollback } from './advance-rollback.ts';
import { lookAtState } from './after-state.ts';
import { answerReturns } from './answer-returns.ts';
import { insist } from './insist.ts';
import { noteRelands } from './note-relands.ts';
import { recallLeftOut, recallReopened } from './recall-rollbacks.ts';
import { bringUpToDate } from './up-to-date.ts';
import type { Ports, Workspace } from './workspace.ts';

/**
 * Does what a new head of a branch leads to. GitHub tells of it once, so when it cannot be read now, for a limit say
 * (GitHub reality 20), it is tried again.
 */
export async function followPush(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  attempts = 1,
): Promise<void> {
  const due = { kind: 'pushed', branch, attempts } as const;
  await insist(workspace, ports, { due, what: 'Following a push' }, async () => {
    if (branch === STATE_BRANCH) return lookAtState(workspace, ports, 'if-moved');
    if (branch !== workspace.repository.defaultBranch) return;
    await bringUpToDate(workspace, ports);
    await answerReturns(workspace, ports);
    await advanceAll(workspace, ports);
    await branchMoved(workspace, ports);
    await noteRelands(workspace, ports);
  });
}

/** Goes on with a rollback that somebody reopened at that time; told once as well. */
export async function followReopening(
  workspace: Workspace,
  ports: Ports,
  pull: { readonly number: number; readonly branch: string; readonly at: number },
  attempts = 1,
): Promise<void> {
  const { number, branch, at } = pull;
  const due = { kind: 'reopened', number, branch, at, attempts } as const;
  const what = `Going on with pull request #${number}, which was reopened`;
  await insist(workspace, ports, { due, what }, async () => {
    await recallReopened(workspace, ports, number, at);
    await advanceRollback(workspace, ports, branch);
  });
}

/** Policies that were broken may be mended by now, so what could not be continued is tried as well. */
export async function advanceAll(workspace: Workspace, ports: Ports): Promise<void> {
  await recallLeftOut(workspace, ports);
  for (const branch of workspace.open.keys()) await advanceRollback(workspace, ports, branch);
}
