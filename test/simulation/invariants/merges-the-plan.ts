import { incidentIn, pairAt, policyAt, toldPair } from '../read-world.ts';
import type { Invariant } from './invariant.ts';

/** What Lastgood merges changes the pins of one target and not one byte beside, to a pair that ran together. */
export const mergesThePlan: Invariant = {
  name: 'merges the plan',
  after(world) {
    const { record, repository, git, beginning } = world;
    return record.merges.flatMap(({ number }) => {
      const { headRef, mergeCommit = '' } = repository.pull(number);
      const { model } = incidentIn(headRef);
      const [parent = ''] = git.history.commit(mergeCommit).parents;
      const found: string[] = [];
      for (const { path } of git.history.changedFiles(parent, mergeCommit)) {
        if (!path.startsWith(`models/${model}/`)) found.push(`#${number} changes ${path}`);
      }
      if (pairAt(world, parent, model).replicas !== pairAt(world, mergeCommit, model).replicas) {
        found.push(`#${number} changes the replicas of ${model}`);
      }
      for (const { name } of beginning.models) {
        if (name === model) continue;
        const same = JSON.stringify(pairAt(world, parent, name));
        if (same !== JSON.stringify(pairAt(world, mergeCommit, name))) {
          found.push(`#${number} changes the pins of ${name}`);
        }
      }
      const to = toldPair(world, mergeCommit, 'To');
      if (!world.ranTogether(model, to, mergeCommit)) {
        found.push(`#${number} goes to ${JSON.stringify(to)}, which never ran together`);
      }
      if (!policyAt(world, parent, model)) found.push(`#${number} merged without a valid policy`);
      return found;
    });
  },
};
