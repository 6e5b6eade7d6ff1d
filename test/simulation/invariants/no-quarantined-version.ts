import { incidentIn, isWhole, toldPair } from '../read-world.ts';
import type { Invariant } from './invariant.ts';

/** What a merged rollback went away from never comes back through Lastgood. */
export const noQuarantinedVersion: Invariant = {
  name: 'no quarantined version back',
  after(world) {
    const { repository, record } = world;
    const merged = repository
      .pulls()
      .filter(({ mergedAt, headRef }) => mergedAt !== undefined && headRef.startsWith('lastgood/'));
    return record.merges.flatMap(({ number }) => {
      const { headRef, mergeCommit = '' } = repository.pull(number);
      const { model } = incidentIn(headRef);
      const to = toldPair(world, mergeCommit, 'To');
      return merged.flatMap((earlier) => {
        const order = world.mergedAfter(earlier.number) ?? 0;
        if (order >= (world.mergedAfter(number) ?? 0)) return [];
        if (incidentIn(earlier.headRef).model !== model) return [];
        const from = toldPair(world, earlier.mergeCommit ?? '', 'From');
        if (!isWhole(from) || from.model !== to.model) return [];
        // A repair goes away from a mixed pair, not from the version in it that the plan wants.
        const repairs = from.features !== to.features && from.model === to.model;
        if (repairs) return [];
        return [`#${number} brings ${to.model} back, which #${earlier.number} went away from`];
      });
    });
  },
};
