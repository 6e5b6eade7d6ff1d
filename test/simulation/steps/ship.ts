import { featuresFile, featuresText, modelFile, modelText } from '../manifests.ts';
import type { Random } from '../random.ts';
import { firstParents, isWhole, pairAt } from '../read-world.ts';
import type { World } from '../world.ts';
import { act, type StepKind } from './step.ts';

function anyModel({ beginning }: World, random: Random): string {
  return random.pick(beginning.models).name;
}

function commit(world: World, message: string, files: Record<string, string>, by = 'erin') {
  return act(world, `${by}: ${message}`, () => world.repository.commit({ by, message, files }));
}

/** The next release of a model, both parts together. */
export const ship: StepKind = {
  name: 'ship',
  weight: () => 5,
  perform(world, random) {
    const model = anyModel(world, random);
    world.newest += 1;
    const { newest } = world;
    return commit(world, `Release ${model} 1.${newest}`, {
      [modelFile(model)]: modelText(model, `1.${newest}`),
      [featuresFile(model)]: featuresText(model, `f-${newest}`),
    });
  },
};

/** Somebody changes one part of the pair, and not the other. */
export const changeOnePin: StepKind = {
  name: 'change-one-pin',
  weight: () => 3,
  perform(world, random) {
    const model = anyModel(world, random);
    world.newest += 1;
    const { newest } = world;
    return random.chance(0.5)
      ? commit(world, `Take ${model} 1.${newest} alone`, {
          [modelFile(model)]: modelText(model, `1.${newest}`),
        })
      : commit(world, `Take the features f-${newest} of ${model} alone`, {
          [featuresFile(model)]: featuresText(model, `f-${newest}`),
        });
  },
};

/** Somebody puts back by hand what ran before, or brings a version back that was rolled back. */
export const revert: StepKind = {
  name: 'revert',
  weight: () => 3,
  perform(world, random) {
    const model = anyModel(world, random);
    const head = world.repository.head() ?? '';
    const pairs = [...firstParents(world, head)]
      .map((oid) => pairAt(world, oid, model))
      .filter(isWhole);
    const different = pairs.filter(
      (pair, i) => i > 0 && JSON.stringify(pair) !== JSON.stringify(pairs[0]),
    );
    const pair = different[random.below(Math.min(3, different.length))] ?? pairs[0];
    if (!pair) return Promise.resolve(`erin: finds nothing to put back for ${model}`);
    return commit(world, `Put ${model} ${pair.model} with ${pair.features} back`, {
      [modelFile(model)]: modelText(model, pair.model),
      [featuresFile(model)]: featuresText(model, pair.features),
    });
  },
};

/** Something else changes: beside the pins in their file, or elsewhere. */
export const changeElsewhere: StepKind = {
  name: 'change-elsewhere',
  weight: () => 3,
  perform(world, random) {
    const model = anyModel(world, random);
    const { model: version } = pairAt(world, world.repository.head() ?? '', model);
    if (version === undefined || random.chance(0.4)) {
      return commit(world, 'Write a note', { 'README.md': `note ${random.below(1000)}\n` }, 'bob');
    }
    return commit(
      world,
      `Scale ${model}`,
      { [modelFile(model)]: modelText(model, version, 3 + random.below(20)) },
      'bob',
    );
  },
};

/** A manifest that nobody can read, or that is mended. */
export const breakManifest: StepKind = {
  name: 'break-manifest',
  weight: () => 2,
  perform(world, random) {
    const model = anyModel(world, random);
    const head = world.repository.head() ?? '';
    const { model: version } = pairAt(world, head, model);
    if (version !== undefined) {
      return commit(world, `Break ${modelFile(model)}`, {
        [modelFile(model)]: 'spec: {{ storageUri\n  : [\n',
      });
    }
    return mendManifest(world, model);
  },
};

function mendManifest(world: World, model: string): Promise<string> {
  const head = world.repository.head() ?? '';
  const whole = [...firstParents(world, head)]
    .map((oid) => pairAt(world, oid, model))
    .find(isWhole);
  return commit(world, `Mend ${modelFile(model)}`, {
    [modelFile(model)]: modelText(model, whole?.model ?? '1.8'),
  });
}
