import { waitingSentence } from '../texts/waiting.ts';
import { withStatus } from '../texts/status-section.ts';
import type { PullRequest } from './forge.ts';
import { isPassing } from './insist.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/**
 * Says in a rollback's pull request that it waits for a valid policy, where it cannot even be continued for want of
 * one: whoever opened it may have died before saying anything. What fails now is said by the next sweep.
 */
export async function tellLeftOut(
  { repository }: Workspace,
  ports: Ports,
  { branch, number, body, own }: PullRequest,
): Promise<void> {
  const status = waitingSentence('policy', '');
  const wanted = withStatus(body, status);
  if (!own || wanted === body) return;
  try {
    await ports.forge.edit(repository, number, wanted);
  } catch (error) {
    ports.signal.throwIfAborted();
    if (isPassing(error)) return;
    throw error;
  }
  ports.journal.write({
    kind: 'waiting',
    at: ports.clock(),
    repository: fullName(repository),
    incident: branch,
    number,
    sentence: `Pull request #${number} ${status}`,
  });
}
