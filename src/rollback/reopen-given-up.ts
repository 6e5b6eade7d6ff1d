import { readRunning } from '../releases/read-releases.ts';
import type { Target } from '../target.ts';
import { branchOf } from './branch.ts';
import { recallReopened } from './recall-rollbacks.ts';
import { policyOf } from './up-to-date.ts';
import type { Ports, Workspace } from './workspace.ts';

/**
 * Opens the rollback of what a target runs again where nobody had decided about it in time, because a person asks for
 * it. It waits for approvals from then on, whatever the policy merges by itself. Throws where GitHub does not let it.
 */
export async function reopenGivenUp(
  workspace: Workspace,
  ports: Ports,
  target: Target,
): Promise<void> {
  const policy = policyOf(workspace, target);
  if (!policy) return;
  const { manifests, repository } = workspace;
  const { commit } = await manifests.head();
  const running = await readRunning(manifests, policy.pins, commit);
  const past = workspace.past.get(branchOf({ target, badCommit: running.commit }));
  if (past?.state !== 'closed-unanswered') return;
  await ports.forge.reopen(repository, past.number);
  await recallReopened(workspace, ports, past.number, ports.clock());
}
