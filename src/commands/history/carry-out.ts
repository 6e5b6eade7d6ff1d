import { findGoal } from '../../rollback/find-goal.ts';
import { readReleases } from '../../releases/read-releases.ts';
import type { Release } from '../../releases/release.ts';
import { policyOf } from '../../rollback/up-to-date.ts';
import { historyText } from '../../texts/history.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { CarryOut } from '../asking.ts';

/** So many releases are listed. */
const LISTED = 10;

export const carryOut: CarryOut<'history'> = async ({ workspace, ports }, { target }) => {
  const policy = policyOf(workspace, target);
  if (!policy)
    return { outcome: 'refused', text: noPolicySentence(workspace.policies.set, target) };
  const { manifests } = workspace;
  const { commit: from } = await manifests.head();
  const now = ports.clock();
  const releases: Release[] = [];
  for await (const release of readReleases(manifests, policy.pins, from)) {
    if (releases.push(release) > LISTED) break;
  }
  const { selection } = await findGoal(workspace, policy, from, now);
  const more = releases.length > LISTED;
  const text = historyText({ releases: releases.slice(0, LISTED), more, selection, now });
  return { outcome: 'told', text };
};
