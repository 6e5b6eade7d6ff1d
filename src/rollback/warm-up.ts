import { findLastGood } from '../releases/last-good.ts';
import { makePlan } from './make-plan.ts';
import type { Ports, Workspace } from './workspace.ts';

/**
 * Plans a rollback of one target and throws the plan away, so that the first alert at night does not pay for what
 * only the first look-up costs: starting git's reader, and code that has never run. A failure is nobody's news here.
 */
export async function warmUp(workspace: Workspace, ports: Ports): Promise<void> {
  const policy = workspace.policies.set.targets[0];
  if (!policy) return;
  try {
    const { commit: base } = await workspace.manifests.head();
    const found = await findLastGood(workspace.manifests, {
      policy,
      from: base,
      now: ports.clock(),
    });
    await makePlan(workspace.manifests, { policy, base, ...found });
  } catch {
    // Whatever stands in the way is told when it matters, by whoever needs the answer.
  }
}
