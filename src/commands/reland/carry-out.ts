import { proposeRestore } from '../../rollback/propose-restore.ts';
import { restoreSentence } from '../../texts/restore.ts';
import { findGoal } from '../../rollback/find-goal.ts';
import { policyOf } from '../../rollback/up-to-date.ts';
import { recallRollbacks } from '../../releases/recall-rolled-back.ts';
import { rolledBackFrom } from '../../releases/rolled-back.ts';
import { relandableAt } from '../../state/look-up.ts';
import { stateOf } from '../../state/state.ts';
import {
  coolingSentence,
  notQuarantinedSentence,
  relandSentence,
} from '../../texts/state-answers.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { CarryOut } from '../asking.ts';
import { actorOf, changeBy, wasWritten } from '../change-by.ts';
import { quarantinedAs } from '../suspect-of.ts';

export const carryOut: CarryOut<'reland'> = async (asking, { target, version, reason }) => {
  const { workspace, ports, at } = asking;
  const { manifests, policies } = workspace;
  const policy = policyOf(workspace, target);
  if (!policy) return { outcome: 'refused', text: noPolicySentence(policies.set, target) };
  const state = () => stateOf(workspace.state.state, target);
  const { commit: from } = await manifests.head();
  const rolledBack = rolledBackFrom(await recallRollbacks(manifests, policy, from, []));
  const marked = state().quarantine.map((one) => one.pins);
  const pins = quarantinedAs(policy, version, [...marked.toReversed(), ...rolledBack.suspects]);
  if (!pins) return { outcome: 'refused', text: notQuarantinedSentence(target, version) };
  const when = relandableAt(state(), pins, policy.limits.cooldown, rolledBack.commits);
  const change = { kind: 'reland', target, pins, by: actorOf(asking), at, reason } as const;
  const cools = when !== undefined && when > at;
  if (cools && !(await wasWritten(asking, change))) {
    return { outcome: 'refused', text: coolingSentence(target, version, when) };
  }
  const { selection } = await findGoal(workspace, policy, from, ports.clock());
  const done = () => relandSentence(target, version, selection.kind !== 'none');
  const answer = await changeBy(asking, change, { done, already: done });
  if (answer.outcome !== 'done') return answer;
  const restored = await proposeRestore(workspace, ports, policy, {
    version,
    by: change.by,
    at,
  });
  return { ...answer, text: `${answer.text}${restoreSentence(restored)}` };
};
