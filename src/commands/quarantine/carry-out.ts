import { policyOf } from '../../rollback/up-to-date.ts';
import { readRunning } from '../../releases/read-releases.ts';
import { runsModel } from '../../releases/choose-last-good.ts';
import {
  noModelSentence,
  quarantinedSentence,
  stillQuarantinedSentence,
} from '../../texts/state-answers.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { CarryOut } from '../asking.ts';
import { actorOf, changeBy } from '../change-by.ts';
import { suspectOf } from '../suspect-of.ts';

export const carryOut: CarryOut<'quarantine'> = async (asking, { target, version, reason }) => {
  const { workspace, at } = asking;
  const { manifests, policies } = workspace;
  const policy = policyOf(workspace, target);
  if (!policy) return { outcome: 'refused', text: noPolicySentence(policies.set, target) };
  const pins = suspectOf(policy, version);
  if (!pins) return { outcome: 'refused', text: noModelSentence(target) };
  const running = await readRunning(manifests, policy.pins, (await manifests.head()).commit);
  return changeBy(
    asking,
    { kind: 'quarantine', target, pins, by: actorOf(asking), at, reason },
    {
      done: () => quarantinedSentence(target, version, runsModel(running, version)),
      already: () => stillQuarantinedSentence(target, version),
    },
  );
};
