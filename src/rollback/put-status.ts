import { withStatus } from '../texts/status-section.ts';
import type { PullRequest } from './forge.ts';
import { insist, type Doing } from './insist.ts';
import type { Ports, Workspace } from './workspace.ts';

/**
 * Puts the state of a rollback into the text of its pull request, unless it stands there. `statusOf` says it from the
 * pull request as it is read now; it reads on from "Now: ", and undefined leaves the text alone.
 */
export async function putStatus(
  { repository }: Pick<Workspace, 'repository'>,
  ports: Ports,
  doing: Doing,
  number: number,
  statusOf: (pull: PullRequest) => string | undefined,
): Promise<void> {
  await insist({ repository }, ports, doing, async () => {
    const pull = await ports.forge.pull(repository, number);
    const status = statusOf(pull);
    if (status === undefined) return;
    const wanted = withStatus(pull.body, status);
    if (wanted !== pull.body) await ports.forge.edit(repository, number, wanted);
  });
}
