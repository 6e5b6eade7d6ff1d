import { handleSaid } from './commands/handle-said.ts';
import { handleSlack } from './commands/handle-slack.ts';
import { checkGroup, checkPull } from './check/check-pull.ts';
import { lookAtDrills } from './drill/look-at-drills.ts';
import { recallDrills } from './drill/sweep-drills.ts';
import { reportedOf } from './recovery/follow-recovery.ts';
import { answerReturns } from './rollback/answer-returns.ts';
import { advanceRollback } from './rollback/advance-rollback.ts';
import { completeLater } from './rollback/complete-journal.ts';
import { doDue } from './rollback/do-due.ts';
import { noteQuarantines } from './rollback/note-quarantines.ts';
import { advanceAll, followPush, followReopening } from './rollback/follow-push.ts';
import { noteRelands } from './rollback/note-relands.ts';
import { reconsiderAlert, respondToAlerts } from './rollback/respond-to-alert.ts';
import { sweepRepository, type SweepReport } from './rollback/sweep-repository.ts';
import { fullName, type Ports, type Workspace } from './rollback/workspace.ts';
import { noteWatched } from './watch/note-watched.ts';
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
    pushed: (branch) => insist(() => followPush(workspace, ports, branch)),
    pullChanged: (branch) => advance((one) => one === branch),
    pullReopened: (pull) => insist(() => followReopening(workspace, ports, pull)),
    checksChanged: async (head) => {
      await advance((_, verified) => verified === head);
      await insist(() => reportedOf(workspace, ports, head));
    },
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
        await noteWatched(workspace, ports, '');
        await recallDrills(workspace, ports);
        await lookAtDrills(workspace, ports);
        completeLater(workspace, ports);
        ports.book.arm();
      }),
    due: (due) => insist(() => doDue(workspace, ports, due)),
  };
}

/** Looks after what happened while nobody looked: approvals, merges, other releases, alerts that were not answered. */
export async function lookAround(workspace: Workspace, ports: Ports): Promise<void> {
  await answerReturns(workspace, ports);
  await advanceAll(workspace, ports);
  for (const [key, { alert }] of workspace.evidence) {
    if (alert.status === 'firing') await reconsiderAlert(workspace, ports, key, 'if-it-acts');
  }
  completeLater(workspace, ports);
}
