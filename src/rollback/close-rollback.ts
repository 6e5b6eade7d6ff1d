import type { Release } from '../releases/release.ts';
import { closedSentence } from '../texts/closing.ts';
import { insist } from './insist.ts';
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
  const { branch, number } = rollback;
  const sentence = closedSentence({ target: rollback.plan.target, running, already });
  await ports.forge.close(repository, number);
  const past = workspace.past.get(branch);
  if (past) workspace.past.set(branch, { ...past, state: 'closed-by-lastgood' });
  workspace.open.delete(branch);
  ports.journal.write({
    kind: 'closed',
    at: ports.clock(),
    repository: fullName(repository),
    incident: branch,
    number,
    sentence: `Pull request #${number} closed: ${sentence}`,
  });
  await insist(
    workspace,
    ports,
    { name: `${branch} why`, what: `Saying why pull request #${number} was closed` },
    () => ports.forge.comment(repository, number, sentence),
  );
  await tidyUp(workspace, ports, branch);
}

/** Deletes the branch of a rollback that is over. */
export async function tidyUp(workspace: Workspace, ports: Ports, branch: string): Promise<void> {
  await insist(
    workspace,
    ports,
    { name: `${branch} branch`, what: `Deleting the branch ${branch}` },
    ({ repository }) => ports.forge.deleteBranch(repository, branch),
  );
}
