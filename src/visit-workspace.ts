import { handleSaid } from './commands/handle-said.ts';
import { handleSlack } from './commands/handle-slack.ts';
import { checkGroup, checkPull } from './check/check-pull.ts';
import { STATE_BRANCH } from './state/view.ts';
import { lookAtState } from './rollback/after-state.ts';
import { answerReturns } from './rollback/answer-returns.ts';
import { advanceRollback } from './rollback/advance-rollback.ts';
import { doDue } from './rollback/do-due.ts';
import { noteQuarantines } from './rollback/note-quarantines.ts';
import { noteRelands } from './rollback/note-relands.ts';
import { recallLeftOut, recallReopened } from './rollback/recall-rollbacks.ts';
import { reconsiderAlert, respondToAlerts } from './rollback/respond-to-alert.ts';
import { sweepRepository, type SweepReport } from './rollback/sweep-repository.ts';
import { bringUpToDate } from './rollback/up-to-date.ts';
import { fullName, type Ports, type Workspace } from './rollback/workspace.ts';
import { failureSentence } from './texts/failure.ts';
import type { Visit } from './visit.ts';

/** The use cases of one turn, but for its beginning and its end. */
export type UseCases = Omit<Visit, 'lookAround' | 'changes' | 'settled' | 'end'>;

/** Does the work of one turn on an open repository; `swept` is told what a sweep found. */
export function visitWorkspace(
  workspace: Workspace,
  ports: Ports,
  swept: (report: SweepReport) => void,
): UseCases {
  const insist = async (work: () => Promise<unknown>): Promise<void> => {
    ports.signal.throwIfAborted();
    try {
      await work();
    } catch (error) {
      ports.signal.throwIfAborted();
      ports.journal.write({
        kind: 'failed',
        at: ports.clock(),
        repository: fullName(workspace.repository),
        sentence: failureSentence('The last step', error),
        error,
      });
    }
  };
  const advance = (wanted: (branch: string, head: string) => boolean): Promise<void> =>
    insist(async () => {
      for (const { branch, verifiedHead } of workspace.open.values()) {
        if (wanted(branch, verifiedHead)) await advanceRollback(workspace, ports, branch);
      }
    });
  return {
    alerted: (alerts) => insist(() => respondToAlerts(workspace, ports, alerts)),
    pushed: (branch) =>
      insist(async () => {
        if (branch === STATE_BRANCH) return lookAtState(workspace, ports, 'if-moved');
        if (branch !== workspace.repository.defaultBranch) return;
        await bringUpToDate(workspace, ports);
        await answerReturns(workspace, ports);
        await advanceAll(workspace, ports);
        await noteRelands(workspace, ports);
      }),
    pullChanged: (branch) => advance((one) => one === branch),
    pullReopened: ({ branch, number, at }) =>
      insist(async () => {
        await recallReopened(workspace, ports, number, at);
        await advanceRollback(workspace, ports, branch);
      }),
    checksChanged: (head) => advance((_, verified) => verified === head),
    said: (at) => insist(() => handleSaid(workspace, ports, at)),
    asked: (ask) => insist(() => handleSlack(workspace, ports, ask)),
    judge: (number) => insist(() => checkPull(workspace, ports, number)),
    judgeGroup: (group) => insist(() => checkGroup(workspace, ports, group)),
    sweep: () =>
      insist(async () => {
        swept(await sweepRepository(workspace, ports));
        await answerReturns(workspace, ports);
        await noteRelands(workspace, ports);
        await noteQuarantines(workspace, ports);
      }),
    due: (due) => insist(() => doDue(workspace, ports, due)),
  };
}

/** Policies that were broken may be mended by now, so what could not be continued is tried as well. */
async function advanceAll(workspace: Workspace, ports: Ports): Promise<void> {
  await recallLeftOut(workspace, ports);
  for (const branch of workspace.open.keys()) await advanceRollback(workspace, ports, branch);
}

/** Looks after what happened while nobody looked: approvals, merges, other releases, alerts that were not answered. */
export async function lookAround(workspace: Workspace, ports: Ports): Promise<void> {
  await answerReturns(workspace, ports);
  await advanceAll(workspace, ports);
  for (const [key, { alert }] of workspace.evidence) {
    if (alert.status === 'firing') await reconsiderAlert(workspace, ports, key, 'if-it-acts');
  }
}
