import { ENVIRONMENT } from '../manifests.ts';
import { rollbacks, act, type StepKind } from './step.ts';

/** The serving side reports how it takes the commit of a rollback, or one after it. */
export const rollOut: StepKind = {
  name: 'roll-out',
  // Soon after a merge somebody reports.
  weight: (world) => (rollbacks(world).some(({ mergedAt }) => mergedAt !== undefined) ? 14 : 0),
  possible: (world) => rollbacks(world).some(({ mergedAt }) => mergedAt !== undefined),
  perform(world, random) {
    const merged = rollbacks(world).filter(({ mergedAt }) => mergedAt !== undefined);
    const { number, mergeCommit = '' } = random.pick(merged);
    const commit = random.chance(0.7) ? mergeCommit : (world.repository.head() ?? '');
    const state = random.weighted([
      [6, 'success'],
      [1, 'in_progress'],
      [1, 'failure'],
    ] as const);
    return act(world, `the serving side reports ${state} of #${number} or later`, () =>
      world.repository.deploy(commit, ENVIRONMENT, state),
    );
  },
};
