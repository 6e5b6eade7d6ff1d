import { findGoal } from '../../rollback/find-goal.ts';
import { makePlan } from '../../rollback/make-plan.ts';
import { policyOf } from '../../rollback/up-to-date.ts';
import { noPlanText, planText } from '../../texts/plan-answer.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { CarryOut } from '../asking.ts';

export const carryOut: CarryOut<'plan'> = async ({ workspace, ports }, { target }) => {
  const policy = policyOf(workspace, target);
  if (!policy)
    return { outcome: 'refused', text: noPolicySentence(workspace.policies.set, target) };
  const { manifests } = workspace;
  const { commit: base } = await manifests.head();
  const found = await findGoal(workspace, policy, base, ports.clock());
  const made = await makePlan(manifests, { policy, base, ...found });
  const text = made.ok ? planText(made.plan, found) : noPlanText(target, made.why);
  return { outcome: 'told', text };
};
