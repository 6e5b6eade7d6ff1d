import type { Release } from '../releases/release.ts';
import { closedSentence } from '../texts/closing.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/** Closes a rollback that is no longer needed, because its bad release no longer runs, and says so. */
export async function closeRollback(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  running: Release,
  already: boolean,
): Promise<void> {
  const { repository } = workspace;
  const sentence = closedSentence({ target: rollback.plan.target, running, already });
  const past = workspace.past.get(rollback.branch);
  if (past) workspace.past.set(rollback.branch, { ...past, state: 'closed-by-lastgood' });
  await ports.forge.comment(repository, rollback.number, sentence);
  await ports.forge.close(repository, rollback.number);
  await ports.forge.deleteBranch(repository, rollback.branch);
  workspace.open.delete(rollback.branch);
  ports.journal.write({
    kind: 'closed',
    at: ports.clock(),
    repository: fullName(repository),
    incident: rollback.branch,
    number: rollback.number,
    sentence: `Pull request #${rollback.number} closed: ${sentence}`,
  });
}
