/**
 * The policy files as a person writes them. Every scalar arrives as its source text (see `read-tree.ts`), so each
 * value is read here from text; what comes out is the resolved form of `policy.ts`, still with gaps that presets and
 * defaults fill.
 *
 * @module
 */
import { z } from 'zod';
import { COMPONENTS } from '../manifests/pin.ts';
import type { Component } from '../manifests/pin.ts';
import { isEnvironment } from '../target.ts';
import { SECOND } from '../time.ts';
import { mapping } from './mapping.ts';
import { monitorEntries, serverName } from './monitor-schema.ts';
import { CHECK_LEVELS, DRILL_PERIODS, RESPONSES, type DrillPolicy } from './policy.ts';
import {
  ENVIRONMENT_PATTERN,
  baseline,
  budget,
  channel,
  cluster,
  duration,
  modelName,
  pinFile,
  pinPath,
  plainText,
  principal,
  serverPath,
  share,
  versionPattern,
  wholeNumber,
  yesOrNo,
} from './values.ts';

const SEVERITY_MEANING = {
  critical: 'What to do when an alert of severity `critical` fires.',
  high: 'What to do when an alert of severity `high` fires.',
  medium: 'What to do when an alert of severity `medium` fires.',
  low: 'What to do when an alert of severity `low` fires.',
};

const COMPONENT_MEANING: Readonly<Record<Component, string>> = {
  model: 'The model version that runs.',
  features: 'The feature snapshot that the model was trained for and reads.',
  image: 'The container image that serves the model.',
  config: 'The configuration the model runs with.',
  data: 'A data set or index that the model reads.',
  traffic: 'The share of traffic, or the name of the variant that gets it.',
};

const respond = z.enum(RESPONSES, { error: 'one of ignore, record, notify, review, merge' });

const document = mapping(
  'Which document of a file with several: every key given must match. Needed only when there are several.',
  {
    kind: plainText("the document's `kind`", ['InferenceService'])
      .describe("The document's `kind`.")
      .exactOptional(),
    name: plainText("the document's `metadata.name`", ['fraud'])
      .describe("The document's `metadata.name`.")
      .exactOptional(),
  },
);

const pin = mapping('One place in a file whose value names the version of this component.', {
  file: pinFile.describe("The file, as a path from the repository's root."),
  document: document.exactOptional(),
  path: pinPath.describe(
    'Where in the document: keys joined by dots, `[0]` for an index, `[name=server]` for the element of a list whose field has this value, `["a.b"]` for a key with dots.',
  ),
  version: versionPattern
    .describe(
      'Which part of the value is the version: the whole value with one `{version}` in it. Default: all of it.',
    )
    .exactOptional(),
});

const onePinOrMore = (meaning: string) =>
  z
    .union([pin, z.array(pin).min(1, { error: 'at least one pin' })], {
      error: 'a pin with `file` and `path`, or a list of pins',
    })
    .describe(meaning);

const pins = mapping('Where the versions of this target stand: all of them go back together.', {
  model: onePinOrMore(COMPONENT_MEANING.model).exactOptional(),
  features: onePinOrMore(COMPONENT_MEANING.features).exactOptional(),
  image: onePinOrMore(COMPONENT_MEANING.image).exactOptional(),
  config: onePinOrMore(COMPONENT_MEANING.config).exactOptional(),
  data: onePinOrMore(COMPONENT_MEANING.data).exactOptional(),
  traffic: onePinOrMore(COMPONENT_MEANING.traffic).exactOptional(),
})
  .meta({ minProperties: 1 })
  .refine((value) => Object.keys(value).length > 0, {
    error: `at least one of ${COMPONENTS.join(', ')}`,
  });

const principals = (meaning: string) =>
  z
    .array(principal, { error: 'a list of users, teams and roles, such as ["@acme/fraud-ml"]' })
    .min(1, { error: 'at least one user, team or role' })
    .describe(meaning);

const wholeValue = plainText(
  'a whole value to pin, or `none` to leave the pins of this component alone',
  ['s3://models/fraud/rules-v1/model', 'none'],
);

const group = mapping('People who have to agree by themselves.', {
  name: plainText('a short name, such as `sre`', ['ml', 'sre']).describe(
    'What the group is called in messages.',
  ),
  from: principals('Whose approvals count for this group.'),
  required: wholeNumber(1, 100)
    .describe('So many approvals from this group. Default: 1.')
    .exactOptional(),
}).transform(({ required, ...rest }) => ({ ...rest, required: required ?? 1 }));

const sender = z
  .string({ error: 'the name of a deployment environment or of a commit status' })
  .regex(/^[^*]*\*?[^*]*$/, { error: 'a name with at most one `*` in it' })
  .min(1, { error: 'a name' })
  .max(255, { error: 'a name of at most 255 characters' })
  .meta({ examples: ['production', 'continuous-delivery/fraud-*'] });

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

const retrain = mapping('The emergency retrain: a workflow of this repository that is started.', {
  event: z
    .string({ error: 'the type of a repository_dispatch' })
    .regex(/^(?!lastgood-)[A-Za-z0-9][A-Za-z0-9_.-]*$/, {
      error:
        'letters, digits, `.`, `_` and `-`, beginning with a letter or digit, and not with `lastgood-`, which Lastgood listens to itself',
    })
    .max(100, { error: 'at most 100 characters' })
    .describe('The type of the `repository_dispatch` that the workflow waits for.')
    .meta({ examples: ['retrain-fraud-detector'] }),
});

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

const drills = z
  .union([drillSettings, drillPeriod.transform((every): DrillPolicy => ({ every }))], {
    error: 'one of never, weekly, monthly, quarterly, or a mapping with every, environment, probe',
  })
  .describe(
    'How rollbacks are rehearsed: how often, or a mapping that also says where a drill merges and what is asked. Default: never, unless somebody asks for one.',
  );

const finding = z.enum(CHECK_LEVELS, { error: 'one of tell, warn, fail' });

/** What a preset, the top of a policy file and an environment may all say. */
const settings = {
  respond: mapping('What to do about an alert, by its severity.', {
    critical: respond.describe(SEVERITY_MEANING.critical).exactOptional(),
    high: respond.describe(SEVERITY_MEANING.high).exactOptional(),
    medium: respond.describe(SEVERITY_MEANING.medium).exactOptional(),
    low: respond.describe(SEVERITY_MEANING.low).exactOptional(),
  }).exactOptional(),
  evidence: mapping('What must have been seen before anything is opened or merged.', {
    consecutive: wholeNumber(1, 1000)
      .describe('So many firing notifications in a row, without a resolved one between.')
      .exactOptional(),
    minAge: duration.describe('The alert must have been firing for so long.').exactOptional(),
  }).exactOptional(),
  target: mapping('Which releases may be gone back to.', {
    minSoak: duration.describe('A release must have run so long to count as good.').exactOptional(),
    maxDepth: wholeNumber(1, 1000)
      .describe('Never further back than so many releases.')
      .exactOptional(),
  }).exactOptional(),
  limits: mapping('How much Lastgood may do for this target by itself.', {
    merge: budget
      .describe('Automatic merges in a rolling window; over it, a pull request waits for review.')
      .exactOptional(),
    open: budget
      .describe('Rollback pull requests in a rolling window; over it, people are told instead.')
      .exactOptional(),
    cooldown: duration
      .describe('After a merged rollback, no automatic merge for so long.')
      .exactOptional(),
    maxReleaseAge: duration
      .describe('A running release older than this is rolled back by review only.')
      .exactOptional(),
  }).exactOptional(),
  approvals: mapping('Who has to agree to a pull request that waits for review.', {
    by: z
      .enum(['lastgood', 'github'], { error: 'one of lastgood, github' })
      .describe(
        "`lastgood`: Lastgood counts approvals as given here. `github`: the branch's own rules decide.",
      )
      .exactOptional(),
    required: wholeNumber(0, 100)
      .describe('So many approvals. At least 1 when Lastgood counts them.')
      .exactOptional(),
    from: principals('Whose approvals count. Default: the owners.').exactOptional(),
    groups: z
      .array(group, { error: 'a list of groups, each with `name` and `from`' })
      .min(1, { error: 'at least one group' })
      .max(10, { error: 'at most 10 groups' })
      .describe(
        'Groups that all have to agree, in place of `required` and `from`. Nobody counts for two of them.',
      )
      .exactOptional(),
    remind: duration
      .describe('Those who are missing are asked again each time so much has passed.')
      .exactOptional(),
    timeout: duration
      .describe('After so long without enough approvals, do `onTimeout`.')
      .exactOptional(),
    onTimeout: z
      .enum(['page', 'merge', 'close'], { error: 'one of page, merge, close' })
      .describe('`page` wakes somebody, `merge` merges without them, `close` gives up.')
      .exactOptional(),
  }).exactOptional(),
  breakGlass: principals(
    'Who may merge a rollback without waiting for approvals, by `/rollback --now`; it is recorded, and reviewed afterwards. Default: nobody.',
  ).exactOptional(),
  onReturn: z
    .enum(['notify', 'review', 'merge'], { error: 'one of notify, review, merge' })
    .describe('What to do, once, when a quarantined version comes back past the check.')
    .exactOptional(),
  suspendAutomation: yesOrNo
    .describe(
      'Whether a rollback also takes out of force what would set its pins again by itself (Flux, Argo CD Image Updater, Renovate), as far as it stands in the repository. Default: it only tells of it.',
    )
    .exactOptional(),
  check: mapping('What the findings of the `lastgood` check on pull requests come to.', {
    noGoal: finding
      .describe('A release ships that could not be rolled back, because no earlier one is good.')
      .exactOptional(),
    mutableVersion: finding
      .describe('A version ships that may become something else, such as `latest`.')
      .exactOptional(),
    undeclaredPair: finding
      .describe('Model and feature snapshot ship that nothing declares to belong together.')
      .exactOptional(),
    severalActive: finding
      .describe('More than one version of the model would be active.')
      .exactOptional(),
    widerPowers: finding
      .describe(
        'More people would decide by this policy, or fewer would have to: it says who, and whether its author is among them.',
      )
      .exactOptional(),
  }).exactOptional(),
  notify: mapping('Where people are told of an incident, beside its pull request.', {
    issue: yesOrNo.describe('An issue in this repository for each incident.').exactOptional(),
    slack: channel.describe('A channel of Slack. Default: none.').exactOptional(),
  }).exactOptional(),
  verify: mapping('How it is found out whether a merged rollback helped.', {
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
  }).exactOptional(),
  drills: drills.exactOptional(),
  server: serverName
    .describe(
      'The server of metrics that monitors ask, by its name in the settings. Default: none.',
    )
    .exactOptional(),
  monitors: monitorEntries.exactOptional(),
  backtest: mapping(
    'Nothing merges by itself until a backtest of this very policy has shown as much, and its record stands in `.lastgood/backtests/`.',
    {
      span: duration
        .describe('What was recorded has to be at least so long. Default: 14d.')
        .exactOptional(),
      falseRollbacks: budget
        .describe('At most so many rollbacks without an incident. Default: 1 per 30d.')
        .exactOptional(),
      found: share
        .describe('At least this share of the incidents found. Default: 80%.')
        .exactOptional(),
      maxAge: duration
        .describe('What was recorded may not have ended longer ago. Default: 90d.')
        .exactOptional(),
    },
  ).exactOptional(),
  ladder: z
    .array(rung, { error: 'a list of rungs, such as [release, fallback]' })
    .min(1, { error: 'at least one rung' })
    .max(10, { error: 'at most 10 rungs' })
    .describe(
      'What is tried, one after another, until the model recovers: `release` is the whole last good release, a list of components only these of it, `fallback` the fallback, `retrain` the emergency retrain.',
    )
    .exactOptional(),
  retrain: retrain.exactOptional(),
  fallback: mapping(
    'What to pin when no earlier release is good: a whole value for each component with pins, or `none`.',
    Object.fromEntries(
      COMPONENTS.map((name) => [
        name,
        wholeValue.describe(COMPONENT_MEANING[name]).exactOptional(),
      ]),
    ) as Record<Component, z.ZodExactOptional<typeof wholeValue>>,
  ).exactOptional(),
};

const owners = principals(
  'Who owns the model: asked to review and told what happens. Default: role:maintain.',
).exactOptional();

const presetName = z
  .string({ error: 'the name of a preset, or a list of names' })
  .describe('The name of a preset: one that is shipped, or a file in `.lastgood/presets/`.');

const presetNames = z
  .union([presetName, z.array(presetName)], { error: 'the name of a preset, or a list of names' })
  .describe('A preset to build on, or several: a later one is laid over an earlier one.')
  .exactOptional();

const environment = mapping('One environment the model runs in.', { pins, owners, ...settings });

const environmentName = z
  .string()
  .meta({ pattern: ENVIRONMENT_PATTERN, maxLength: 100 })
  .refine(isEnvironment, {
    error:
      'names of letters, digits, `.`, `_` and `-`, joined by `/`, such as production/eu-west, not beginning with `state`, `journal`, `restore` or `drill`, none ending with `.yaml`',
  });

/** Settings of a target that may come from anywhere, as read from a merged tree. */
export const settingsSchema = z.strictObject({ owners, ...settings });
export type Settings = z.output<typeof settingsSchema>;

/** `.lastgood/<name>.yaml`. */
export const policySchema = mapping('The policy of one model.', {
  extends: presetNames,
  model: modelName.describe('The name that alerts give the model.'),
  owners,
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
export type PinEntry = z.output<typeof pin>;

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
