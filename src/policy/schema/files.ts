/**
 * The policy files as a person writes them. Every scalar arrives as its source text (see `../read-tree.ts`), so each
 * value is read here from text; what comes out is the resolved form of `../policy.ts`, still with gaps that presets and
 * defaults fill.
 *
 * @module
 */
import { z } from 'zod';
import { isEnvironment } from '../../target.ts';
import { mapping } from '../mapping.ts';
import { ENVIRONMENT_PATTERN, budget, cluster, modelName } from '../values.ts';
import { owners } from './people.ts';
import { pins } from './pins.ts';
import { settings } from './settings.ts';

const presetName = z
  .string({ error: 'the name of a preset, or a list of names' })
  .describe('The name of a preset: one that is shipped, or a file in `.lastgood/presets/`.');

const presetNames = z
  .union([presetName, z.array(presetName)], { error: 'the name of a preset, or a list of names' })
  .describe('A preset to build on, or several: a later one is laid over an earlier one.')
  .exactOptional();

const environment = mapping('One environment the model runs in.', {
  pins,
  owners: owners.exactOptional(),
  ...settings,
});

const environmentName = z
  .string()
  .meta({ pattern: ENVIRONMENT_PATTERN, maxLength: 100 })
  .refine(isEnvironment, {
    error:
      'names of letters, digits, `.`, `_` and `-`, joined by `/`, such as production/eu-west, not beginning with `state`, `journal`, `restore` or `drill`, none ending with `.yaml`',
  });

/** `.lastgood/<name>.yaml`. */
export const policySchema = mapping('The policy of one model.', {
  extends: presetNames,
  model: modelName.describe('The name that alerts give the model.'),
  owners: owners.exactOptional(),
  environments: z
    .record(environmentName, environment, { error: 'a mapping from environments to their pins' })
    .describe(
      'The environments the model runs in, by name. Its settings override those of the file.',
    )
    .meta({ minProperties: 1 })
    .refine((value) => Object.keys(value).length > 0, { error: 'at least one environment' }),
  ...settings,
});
export type PolicyFile = z.output<typeof policySchema>;

/** `.lastgood/presets/<name>.yaml`, and the shipped presets. */
export const presetSchema = mapping('Settings that policy files can extend.', {
  extends: presetNames,
  ...settings,
});

/** `.lastgood/repository.yaml`. */
export const repositorySchema = mapping('What holds for the whole repository.', {
  limits: mapping('How much Lastgood may do in this repository by itself, all targets together.', {
    merge: budget
      .describe('Automatic merges in a rolling window; over it, pull requests wait for review.')
      .exactOptional(),
    open: budget
      .describe('Rollback pull requests in a rolling window; over it, people are told instead.')
      .exactOptional(),
  }).exactOptional(),
  storm: mapping('When so much fails at once that no release can be at fault.', {
    models: cluster
      .describe(
        'So many models that begin to fail so close together are a storm: while it lasts, nothing merges by itself.',
      )
      .exactOptional(),
  }).exactOptional(),
  mergeMethod: z
    .enum(['squash', 'merge', 'rebase'], { error: 'one of squash, merge, rebase' })
    .describe('How rollback pull requests are merged.')
    .exactOptional(),
});
