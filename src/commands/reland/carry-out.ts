import { findGoal } from '../../rollback/find-goal.ts';
import { policyOf } from '../../rollback/up-to-date.ts';
import { recallRollbacks } from '../../releases/recall-rolled-back.ts';
import { rolledBackFrom } from '../../releases/rolled-back.ts';
import { bringsBack, sameSuspect } from '../../releases/suspects.ts';
import { isQuarantined, relandableAt } from '../../state/look-up.ts';
import { stateOf } from '../../state/state.ts';
import {
  coolingSentence,
  noModelSentence,
  notQuarantinedSentence,
  relandSentence,
} from '../../texts/state-answers.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { CarryOut } from '../asking.ts';
import { actorOf, changeBy, isMine } from '../change-by.ts';
import { suspectOf } from '../suspect-of.ts';

export const reland: CarryOut<'reland'> = async (asking, { target, version, reason }) => {
  const { workspace, ports, at } = asking;
  const { manifests, policies } = workspace;
  const policy = policyOf(workspace, target);
  if (!policy) return { outcome: 'refused', text: noPolicySentence(policies.set, target) };
  const pins = suspectOf(policy, version);
  if (!pins) return { outcome: 'refused', text: noModelSentence(target) };
  const state = () => stateOf(workspace.state.state, target);
  const { commit: from } = await manifests.head();
  const rolledBack = rolledBackFrom(await recallRollbacks(manifests, policy, from, []));
  const suspected =
    isQuarantined(workspace.state.state, target, pins) !== undefined ||
    rolledBack.suspects.some((suspect) => bringsBack(pins, suspect));
  if (!suspected) return { outcome: 'refused', text: notQuarantinedSentence(target, version) };
  const last = () => state().relands.findLast((one) => sameSuspect(one.pins, pins));
  const when = relandableAt(state(), pins, policy.limits.cooldown, rolledBack.commits);
  if (when !== undefined && when > at && !isMine(asking, last())) {
    return { outcome: 'refused', text: coolingSentence(target, version, when) };
  }
  const { selection } = await findGoal(workspace, policy, from, ports.clock());
  const done = () => relandSentence(target, version, selection.kind !== 'none');
  return changeBy(
    asking,
    { kind: 'reland', target, pins, by: actorOf(asking), at, reason },
    {
      done,
      already: done,
      mine: () => isMine(asking, last()),
    },
  );
};
