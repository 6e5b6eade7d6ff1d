import { incidentIn, isWhole, toldPair } from '../read-world.ts';
import type { RecordedMerge } from '../record.ts';
import { isMarked } from '../state-branch.ts';
import type { World } from '../world.ts';
import type { Invariant } from './invariant.ts';

/** What a merged rollback went away from, or somebody quarantined, never comes back through Lastgood. */
export const noQuarantinedVersion: Invariant = {
  name: 'no quarantined version back',
  after(world) {
    const { repository, record } = world;
    const merged = repository
      .pulls()
      .filter(({ mergedAt, headRef }) => mergedAt !== undefined && headRef.startsWith('lastgood/'));
    return record.merges.flatMap((merge) => {
      const { number } = merge;
      const { headRef, mergeCommit = '' } = repository.pull(number);
      const { model } = incidentIn(headRef);
      const to = toldPair(world, mergeCommit, 'To');
      const marked = wasMarked(world, merge, model, to.model)
        ? [`#${number} brings ${to.model} back, which was quarantined`]
        : [];
      const again = merged.flatMap((earlier) => {
        const order = world.mergedAfter(earlier.number) ?? 0;
        if (order >= (world.mergedAfter(number) ?? 0)) return [];
        if (incidentIn(earlier.headRef).model !== model) return [];
        const from = toldPair(world, earlier.mergeCommit ?? '', 'From');
        if (!isWhole(from) || from.model !== to.model) return [];
        // A repair goes away from a mixed pair, not from the version in it that the plan wants.
        const repairs = from.features !== to.features && from.model === to.model;
        if (repairs || isRelanded(world, model, to.model)) return [];
        return [`#${number} brings ${to.model} back, which #${earlier.number} went away from`];
      });
      return [...marked, ...again];
    });
  },
};

/** Whether a version was quarantined, and not let back since, in every moment in which its merge was decided. */
function wasMarked(
  world: World,
  { from, until }: RecordedMerge,
  model: string,
  version: string | undefined,
): boolean {
  return world.record.moments
    .slice(from, until + 1)
    .every(({ state }) => isMarked(world, state.own, model, version));
}

/** Whether anybody ever let a version back. */
function isRelanded({ record }: World, model: string, version: string | undefined): boolean {
  return record.said.some(({ commands }) =>
    commands.some((one) => one.name === 'reland' && one.model === model && one.version === version),
  );
}
