import { runsModel } from '../../releases/choose-last-good.ts';
import { readReleases } from '../../releases/read-releases.ts';
import { versionsOf } from '../../releases/versions.ts';
import { policyOf } from '../../rollback/up-to-date.ts';
import { isQuarantined } from '../../state/look-up.ts';
import {
  baselineSentence,
  neverRanSentence,
  quarantinedBaselineSentence,
} from '../../texts/state-answers.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { CarryOut } from '../asking.ts';
import { actorOf, changeBy } from '../change-by.ts';

/** So many releases are searched. */
const SEARCHED = 500;

export const carryOut: CarryOut<'baseline'> = async (asking, { target, version, reason }) => {
  const { workspace, at } = asking;
  const { manifests, policies } = workspace;
  const policy = policyOf(workspace, target);
  if (!policy) return { outcome: 'refused', text: noPolicySentence(policies.set, target) };
  let looked = 0;
  for await (const release of readReleases(
    manifests,
    policy.pins,
    (await manifests.head()).commit,
  )) {
    if ((looked += 1) > SEARCHED) break;
    if (release.problems.length > 0 || !runsModel(release, version)) continue;
    const pins = versionsOf(release);
    if (isQuarantined(workspace.state.state, target, pins)) {
      return { outcome: 'refused', text: quarantinedBaselineSentence(target, version) };
    }
    const { commit } = release;
    const change = { kind: 'baseline', target, commit, pins, by: actorOf(asking), at } as const;
    const done = () => baselineSentence(target, version, release);
    return changeBy(
      asking,
      { ...change, ...(reason !== undefined && { reason }) },
      {
        done,
        already: done,
      },
    );
  }
  return { outcome: 'refused', text: neverRanSentence(target, version) };
};
