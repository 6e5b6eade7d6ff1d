import type { Release } from '../releases/release.ts';
import { closedSentence } from '../texts/closing.ts';
import { closedStatus } from '../texts/outcome.ts';
import type { PullRequest } from './forge.ts';
import { insist } from './insist.ts';
import { runs } from './next-step.ts';
import { readSuccessor } from './read-successor.ts';
import { say } from './say.ts';
import { tellOutcomeLater } from './tell-outcome.ts';
import { bringUpToDate } from './up-to-date.ts';
import { recordClosed } from './settle-rollback.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** Closes a rollback that is no longer needed, because its bad release no longer runs, and says so. */
export async function closeRollback(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  running: Release,
  already: boolean,
): Promise<void> {
  const sentence = closedSentence({ target: rollback.plan.target, running, already });
  await ports.forge.close(workspace.repository, rollback.number);
  await settle(workspace, ports, rollback, pull, sentence);
}

/**
 * Does what comes after closing a rollback that a process closed and died. Answers false, and does nothing, when the
 * bad release still runs: then it was closed for another reason.
 */
export async function finishClosing(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
): Promise<boolean> {
  await bringUpToDate(workspace, ports);
  const { target, goal } = rollback.plan;
  const running = await readSuccessor(workspace, rollback);
  if (!running) return false;
  const already = runs(running, goal.versions);
  await settle(workspace, ports, rollback, pull, closedSentence({ target, running, already }));
  return true;
}

async function settle(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  sentence: string,
): Promise<void> {
  const { branch, number } = rollback;
  recordClosed(workspace, ports, rollback, 'closed-by-lastgood', `closed: ${sentence}`);
  const what = `Saying why pull request #${number} was closed`;
  // Whoever closed it may have died after that, and people know why.
  if (pull.traces?.said !== true) await say(workspace, ports, { number, body: sentence, what });
  tellOutcomeLater(ports, pull, closedStatus(sentence));
  tidyLater(ports, branch);
}

/** Sets for later that the branch of a rollback that is over is deleted: nobody waits for that. */
export function tidyLater(ports: Ports, branch: string): void {
  ports.later({ kind: 'tidy', branch, attempts: 1 }, ports.clock());
}

/** Deletes the branch of a rollback that is over. */
export async function tidyUp(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  attempts = 1,
): Promise<void> {
  const doing = {
    due: { kind: 'tidy', branch, attempts },
    what: `Deleting the branch ${branch}`,
  } as const;
  await insist(workspace, ports, doing, () =>
    ports.forge.deleteBranch(workspace.repository, branch),
  );
}
