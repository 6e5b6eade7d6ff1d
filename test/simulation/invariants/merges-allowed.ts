import { whyNotMerged } from '../permission.ts';
import type { Moment, RecordedMerge } from '../record.ts';
import type { World } from '../world.ts';
import type { Invariant } from './invariant.ts';

/**
 * Lastgood never merges without the approvals, or the permission, that the policy on the default branch asks for. What
 * people do while it reads, decides and asks cannot all be known to it: it has to be right as of some moment since all
 * was quiet.
 */
export const mergesAllowed: Invariant = {
  name: 'merges are allowed',
  after: (world) => world.record.merges.flatMap((merge) => judge(world, merge)),
};

function judge(world: World, merge: RecordedMerge): readonly string[] {
  const { moments } = world.record;
  const asked = moments[merge.until];
  const pull = asked?.pulls.get(merge.number);
  if (!asked || !pull) return [`nobody saw #${merge.number} before it was merged`];
  const reasons = moments
    .slice(merge.from, merge.until + 1)
    .map((moment: Moment) => whyNotMerged(world, moment, moment.pulls.get(merge.number) ?? pull));
  if (reasons.includes(undefined)) return [];
  return [`#${merge.number} (${pull.branch}) was merged: ${[...new Set(reasons)].join(' / ')}`];
}
