import { modelFile, modelText } from '../manifests.ts';
import { incidentIn } from '../read-world.ts';
import { act, openRollbacks, type StepKind } from './step.ts';

/** Somebody pushes to a rollback's branch, or takes such a push back. */
export const pushToBranch: StepKind = {
  name: 'push-to-branch',
  weight: () => 4,
  possible: (world) => openRollbacks(world).length > 0,
  perform(world, random) {
    const pull = random.pick(openRollbacks(world));
    const { headRef: branch, number } = pull;
    const { author, parents } = world.git.history.commit(pull.head);
    const [parent] = parents;
    const { repository } = world;
    if (author.name !== 'lastgood[bot]' && parent !== undefined && random.chance(0.5)) {
      return act(world, `mallory: takes the last push to #${number} back`, () =>
        world.hub.as('mallory').forcePush(repository, branch, parent),
      );
    }
    const login = random.pick(['mallory', 'alice'] as const);
    const { model } = incidentIn(branch);
    const files = random.pick([
      { 'README.md': `looked at by ${login}\n` },
      { [modelFile(model)]: modelText(model, '6.66') },
    ]);
    return act(world, `${login}: pushes to the branch of #${number}`, () =>
      world.hub.as(login).push(repository, branch, { message: 'Just a little more', files }),
    );
  },
};

/** Somebody tidies a rollback's branch away, which closes it. */
export const deleteBranch: StepKind = {
  name: 'delete-branch',
  weight: () => 1,
  possible: (world) => openRollbacks(world).length > 0,
  perform(world, random) {
    const { headRef, number } = random.pick(openRollbacks(world));
    return act(world, `mallory: deletes the branch of #${number}`, () =>
      world.hub.as('mallory').deleteBranch(world.repository, headRef),
    );
  },
};
