import { z } from 'zod';
import { COMPONENTS } from '../../manifests/pin.ts';
import { mapping } from '../mapping.ts';

const rung = z
  .union(
    [
      z.enum(['release', 'fallback', 'retrain']),
      z
        .array(z.enum(COMPONENTS, { error: `one of ${COMPONENTS.join(', ')}` }))
        .min(1, { error: 'at least one component' }),
    ],
    { error: 'release, fallback, retrain, or a list of components, such as [model, features]' },
  )
  .meta({ examples: ['release', ['image', 'config'], 'fallback', 'retrain'] });

/** `ladder:`, what is tried one after another. */
export const ladder = z
  .array(rung, { error: 'a list of rungs, such as [release, fallback]' })
  .min(1, { error: 'at least one rung' })
  .max(10, { error: 'at most 10 rungs' })
  .describe(
    'What is tried, one after another, until the model recovers: `release` is the whole last good release, a list of components only these of it, `fallback` the fallback, `retrain` the emergency retrain.',
  );

/** `retrain:`, the rung that is no pin. */
export const retrain = mapping(
  'The emergency retrain: a workflow of this repository that is started.',
  {
    event: z
      .string({ error: 'the type of a repository_dispatch' })
      .regex(/^(?!lastgood-)[A-Za-z0-9][A-Za-z0-9_.-]*$/, {
        error:
          'letters, digits, `.`, `_` and `-`, beginning with a letter or digit, and not with `lastgood-`, which Lastgood listens to itself',
      })
      .max(100, { error: 'at most 100 characters' })
      .describe('The type of the `repository_dispatch` that the workflow waits for.')
      .meta({ examples: ['retrain-fraud-detector'] }),
  },
);
