import { withStatus } from '../texts/status-section.ts';
import type { PullRequest } from './forge.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/** Writes what a rollback waits for at the top of its pull request, once per change, and into the journal. */
export async function tellStatus(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  status: string,
): Promise<void> {
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
  const body = withStatus(pull.body, status);
  if (body !== pull.body) await ports.forge.edit(workspace.repository, rollback.number, body);
}
