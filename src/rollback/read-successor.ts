import { readRunning } from '../releases/read-releases.ts';
import type { Release } from '../releases/release.ts';
import { runs } from './next-step.ts';
import { policyOf } from './up-to-date.ts';
import type { OpenRollback, Workspace } from './workspace.ts';

/** What runs in the place of a rollback's bad release; undefined while that runs, and when nobody can tell. */
export async function readSuccessor(
  workspace: Workspace,
  { plan, badCommit }: Pick<OpenRollback, 'plan' | 'badCommit'>,
): Promise<Release | undefined> {
  const policy = policyOf(workspace, plan.target);
  if (!policy) return undefined;
  const { commit } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, commit);
  const isBad = running.commit === badCommit || runs(running, plan.bad.versions);
  return isBad || running.problems.length > 0 ? undefined : running;
}
