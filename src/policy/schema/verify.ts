import { z } from 'zod';
import { SECOND } from '../../time.ts';
import { mapping } from '../mapping.ts';
import { baseline, duration, pinPath, plainText, serverPath, share } from '../values.ts';
import { serverName } from './monitors.ts';

const sender = z
  .string({ error: 'the name of a deployment environment or of a commit status' })
  .regex(/^[^*]*\*?[^*]*$/, { error: 'a name with at most one `*` in it' })
  .min(1, { error: 'a name' })
  .max(255, { error: 'a name of at most 255 characters' })
  .meta({ examples: ['production', 'continuous-delivery/fraud-*'] });

const promql = z
  .string({ error: 'a query in PromQL' })
  .min(1, { error: 'a query in PromQL' })
  .max(2_000, { error: 'a query of at most 2000 characters' });

const metric = mapping('A metric that tells whether the model is well.', {
  name: plainText('a short name, such as auc', ['auc', 'click-through']).describe(
    'What the metric is called in messages.',
  ),
  server: serverName.describe('The metric server to ask, by the name that the operator gave it.'),
  query: promql.describe(
    'A query that finds one number. `{model}`, `{version}`, `{environment}` and `{release_commit}` stand for what runs.',
  ),
  baseline: baseline
    .describe(
      'What it has to be near: a number, or `last-good` for what it was while the release ran that was gone back to. Default: last-good.',
    )
    .exactOptional(),
  tolerance: share
    .describe('How far from its baseline it may be, as a share of that. Default: 10%.')
    .exactOptional(),
  worse: z
    .enum(['any', 'higher', 'lower'], { error: 'one of any, higher, lower' })
    .describe('On which side of the baseline it is ill. Default: any.')
    .exactOptional(),
}).transform(({ baseline: near, tolerance, worse, ...rest }) => ({
  ...rest,
  baseline: near ?? ('last-good' as const),
  tolerance: tolerance ?? 0.1,
  worse: worse ?? ('any' as const),
}));

const served = mapping('Who knows which version of the model is being served.', {
  server: serverName.describe('The metric server to ask, by the name that the operator gave it.'),
  query: promql
    .describe(
      'A query that finds every copy of the model that serves, with its version as a label.',
    )
    .exactOptional(),
  label: plainText('the name of a label', ['version'])
    .describe('The label with the version. Default: version.')
    .exactOptional(),
  path: serverPath
    .describe('In place of a query: what to get below the address of the server.')
    .exactOptional(),
  field: pinPath
    .describe(
      'Where in the JSON answer of `path` the version stands, as the path of a pin. Default: the whole answer is the version.',
    )
    .exactOptional(),
})
  .refine(({ query, path }) => (query === undefined) !== (path === undefined), {
    error: 'either `query` or `path`',
  })
  .refine(({ label, query }) => label === undefined || query !== undefined, {
    error: '`label` together with `query`',
  })
  .refine(({ field, path }) => field === undefined || path !== undefined, {
    error: '`field` together with `path`',
  })
  .transform(({ server, query, label, path, field }) =>
    query === undefined
      ? { server, path: path ?? '/', ...(field !== undefined && { field }) }
      : { server, query, label: label ?? 'version' },
  );

/** `verify:`, how it is found out whether a merged rollback helped. */
export const verify = mapping('How it is found out whether a merged rollback helped.', {
  rollOut: mapping('How it is known that the serving side took the merge.', {
    within: duration
      .describe('It has to be known so soon after the merge; later, people are called.')
      .exactOptional(),
    by: z
      .union([z.enum(['any', 'none']), z.array(sender).min(1, { error: 'at least one name' })], {
        error: 'a list of deployment environments and commit statuses, or one of any, none',
      })
      .describe(
        'The deployment environments and commit statuses that all have to say so. `any`: one that names the model does. `none`: nobody tells, and everything counts from the merge.',
      )
      .exactOptional(),
  }).exactOptional(),
  within: duration
    .describe('Recovery has to begin so soon after the roll-out; later, people are called.')
    .exactOptional(),
  sustain: duration
    .describe('It has to be well for so long without a break to count as recovered.')
    .exactOptional(),
  watch: duration
    .describe('After the recovery, it is watched for a relapse for so long.')
    .exactOptional(),
  every: duration
    .describe('So often metrics, and what is being served, are asked for. At least 5s.')
    .refine((length) => length >= 5 * SECOND, { error: 'a length of time of at least 5s' })
    .exactOptional(),
  metrics: z
    .array(metric, { error: 'a list of metrics, each with `name`, `server` and `query`' })
    .max(10, { error: 'at most 10 metrics' })
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
      error: 'a name of its own for each metric',
    })
    .describe('What has to be back near its baseline. Default: none, alerts alone tell.')
    .exactOptional(),
  served: served.exactOptional(),
});
