import { unsignedSentence } from '../texts/renewal.ts';
import { withStatus } from '../texts/status-section.ts';
import type { PullRequest } from './forge.ts';
import { insist } from './insist.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/** Writes what a rollback waits for at the top of its pull request, once per change, and into the journal. */
export async function tellStatus(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  waits: string,
): Promise<void> {
  const { unsigned } = rollback;
  const status = unsigned ? `${waits} ${unsignedSentence(unsigned)}` : waits;
  if (workspace.open.get(rollback.branch)?.status === status) return;
  workspace.open.set(rollback.branch, { ...rollback, status });
  ports.journal.write({
    kind: 'waiting',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    incident: rollback.branch,
    number: rollback.number,
    sentence: `Pull request #${rollback.number} ${status}`,
  });
  const doing = {
    name: `${rollback.branch} status`,
    what: `Writing the state of pull request #${rollback.number} into its text`,
  };
  let known: string | undefined = pull.body;
  await insist(workspace, ports, doing, async ({ open, repository }) => {
    // By the time of another try the state may be another one, and people may have edited the text.
    if (open.get(rollback.branch)?.status !== status) return;
    const body: string = known ?? (await ports.forge.pull(repository, rollback.number)).body;
    known = undefined;
    const wanted = withStatus(body, status);
    if (wanted !== body) await ports.forge.edit(repository, rollback.number, wanted);
  });
}
