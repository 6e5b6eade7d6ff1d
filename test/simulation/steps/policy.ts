import { policyFile, policyText } from '../manifests.ts';
import { drawPolicy } from '../model.ts';
import { policyAt } from '../read-world.ts';
import { act, type StepKind } from './step.ts';

/** The owners change what they want, or make a mistake, or mend it. */
export const editPolicy: StepKind = {
  name: 'edit-policy',
  weight: () => 3,
  perform(world, random) {
    const { models, protectedBranch, talk } = world.beginning;
    const { name } = random.pick(models);
    const file = policyFile(name);
    const valid = policyAt(world, world.repository.head() ?? '', name) !== undefined;
    const breaks = valid && random.chance(0.4);
    const text = policyText(name, drawPolicy(random, protectedBranch, talk !== undefined));
    const broken = random.pick([text.replace('merge:', 'mrge:'), `${text}oops: [\n`]);
    const what = breaks ? `breaks ${file}` : `rewrites ${file}`;
    return act(world, `alice: ${what}`, () =>
      world.repository.commit({
        by: 'alice',
        message: `alice ${what}`,
        files: { [file]: breaks ? broken : text },
      }),
    );
  },
};
