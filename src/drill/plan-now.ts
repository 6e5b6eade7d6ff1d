import type { LastGood } from '../releases/last-good.ts';
import { findGoal } from '../rollback/find-goal.ts';
import { makePlan, type MadePlan } from '../rollback/make-plan.ts';
import type { PolicyStep } from './step.ts';

/** The plan that a rollback of the target would have now, on the newest commit that is known. */
export async function planNow({
  workspace,
  ports,
  policy,
}: PolicyStep): Promise<{ readonly found: LastGood; readonly made: MadePlan }> {
  const { manifests } = workspace;
  const { commit: base } = await manifests.head();
  const found = await findGoal(workspace, policy, base, ports.clock());
  return { found, made: await makePlan(manifests, { policy, base, ...found }) };
}
