import { z } from 'zod';
import { isEnvironment } from '../../target.ts';
import { mapping } from '../mapping.ts';
import { DRILL_PERIODS, type DrillPolicy } from '../policy.ts';
import { ENVIRONMENT_PATTERN, serverPath } from '../values.ts';
import { serverName } from './monitors.ts';

const drillPeriod = z.enum(DRILL_PERIODS, { error: 'one of never, weekly, monthly, quarterly' });

const drillSettings = mapping('How rollbacks are rehearsed.', {
  every: drillPeriod
    .describe('How often, from the beginning of one drill to the next. Default: monthly.')
    .exactOptional(),
  environment: z
    .string({ error: 'the name of an environment' })
    .meta({ pattern: ENVIRONMENT_PATTERN, maxLength: 100, examples: ['staging'] })
    .refine(isEnvironment, { error: 'the name of an environment, such as staging' })
    .describe(
      'The environment in which a drill merges, and is undone right after. Default: none, a drill never merges.',
    )
    .exactOptional(),
  probe: mapping('Who knows whether a version of the model can be loaded.', {
    server: serverName.describe(
      'The server to ask, by the name that the operator gave it among the metric servers.',
    ),
    path: serverPath
      .refine((path) => path.includes('{version}'), { error: 'a path with `{version}` in it' })
      .describe(
        'What to get below its address, with `{model}` and `{version}` in it: the answer 200 says that the version is there.',
      ),
  }).exactOptional(),
}).transform(({ every, ...rest }): DrillPolicy => ({ every: every ?? 'monthly', ...rest }));

/** `drills:`, how rollbacks are rehearsed. */
export const drills = z
  .union([drillSettings, drillPeriod.transform((every): DrillPolicy => ({ every }))], {
    error: 'one of never, weekly, monthly, quarterly, or a mapping with every, environment, probe',
  })
  .describe(
    'How rollbacks are rehearsed: how often, or a mapping that also says where a drill merges and what is asked. Default: never, unless somebody asks for one.',
  );
