import { findGoal } from '../../rollback/find-goal.ts';
import { badFor, goodFor, sendRetrain } from '../../rollback/retrain.ts';
import { bringUpToDate, policyOf } from '../../rollback/up-to-date.ts';
import { noRetrainSentence, retrainAskedSentence, type Retraining } from '../../texts/retrain.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { CarryOut } from '../asking.ts';

export const carryOut: CarryOut<'retrain'> = async (asking, { target, reason }) => {
  const { workspace, ports, number, said } = asking;
  await bringUpToDate(workspace, ports);
  const policy = policyOf(workspace, target);
  if (!policy)
    return { outcome: 'refused', text: noPolicySentence(workspace.policies.set, target) };
  if (!policy.retrain)
    return { outcome: 'refused', text: noRetrainSentence(target, 'not-in-policy') };
  const { commit: base } = await workspace.manifests.head();
  const { running, selection } = await findGoal(workspace, policy, base, ports.clock());
  const good = await goodFor(workspace.manifests, policy, running, selection);
  if (!good) return { outcome: 'refused', text: noRetrainSentence(target, 'no-good-data') };
  const what: Retraining = { target, event: policy.retrain.event, good };
  await sendRetrain(workspace, ports, {
    ...what,
    id: said,
    bad: await badFor(workspace.manifests, policy, running),
    reason,
    number,
  });
  return { outcome: 'done', text: retrainAskedSentence(what) };
};
