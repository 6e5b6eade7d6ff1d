/**
 * `monitors:` of a policy as a person writes it. Each layer may say a part of a monitor: a preset the whole but the
 * server, a target another bound. Whether the whole goes together is looked at afterwards (`resolve-monitors.ts`).
 *
 * @module
 */
import { z } from 'zod';
import { isName } from '../../target.ts';
import { mapping } from '../mapping.ts';
import { URGENCIES } from '../../monitors/monitor.ts';
import {
  amount,
  amountAboveZero,
  amountFromZero,
  baseline,
  share,
  statistic,
  worsening,
} from '../monitor-values.ts';
import { duration, plainText, wholeNumber, yesOrNo } from '../values.ts';

/** The longest query; a longer one is a recording rule. */
const LONGEST_QUERY = 4_000;

const query = plainText('a query, or the name of a pushed series', [
  'avg(model_accuracy{model="{model}"})',
])
  .refine((text) => text.length <= LONGEST_QUERY, {
    error: `a query of at most ${LONGEST_QUERY} characters`,
  })
  .describe('A query of the server, or the name of a pushed series.');

export const serverName = plainText('the name of a server in the settings', ['main']);

const monitorName = z.string().refine(isName, {
  error: 'names of letters, digits, `.`, `_` and `-`, beginning with a letter or digit',
});

const worse = (meaning: string) =>
  z.enum(['higher', 'lower'], { error: 'one of higher, lower' }).describe(meaning).exactOptional();

const above = amount.describe('Bad above this.').exactOptional();
const below = amount.describe('Bad below this.').exactOptional();

const reference = duration
  .describe('So long is the end of the last good release that it is compared with.')
  .exactOptional();

const canaryMetric = mapping('One metric, of the canary and of the stable release.', {
  query: query.describe('The metric of the canary.').exactOptional(),
  stable: query.describe('The same metric of the stable release.').exactOptional(),
  group: plainText('the name of a group', ['latency'])
    .describe('The group it counts in. Default: its own name.')
    .exactOptional(),
  worse: z
    .enum(['higher', 'lower', 'either'], { error: 'one of higher, lower, either' })
    .describe('Which change is bad. Default: either.')
    .exactOptional(),
  critical: yesOrNo.describe('If it fails, the canary fails.').exactOptional(),
  mustHaveData: yesOrNo.describe('Without data it fails.').exactOptional(),
});

/** The judges, one key each. */
export const judges = {
  threshold: mapping('Bad when the value lies beyond a bound. With both: outside of them.', {
    above,
    below,
  }).exactOptional(),
  regression: mapping('Bad when the value is worse than a baseline.', {
    worse: worse('On which side of the baseline it is bad.'),
    by: worsening
      .describe('So much worse than the baseline is bad: `20%` of it, `1.5x` it, or `+0.05` more.')
      .exactOptional(),
    baseline: baseline
      .describe(
        '`last-good`: the end of the last good release. `same-time`: the same time on previous days. `registry`: what `registry` says. Or a number. Default: last-good.',
      )
      .exactOptional(),
    reference,
    days: wholeNumber(2, 14)
      .describe('For `same-time`: so many previous days. Default: 5.')
      .exactOptional(),
    registry: query
      .describe("For `registry`: the query or pushed series that has the registry's number.")
      .exactOptional(),
  }).exactOptional(),
  canary: mapping("Kayenta's judge: a canary beside the stable release at the same time.", {
    metrics: z
      .record(monitorName, canaryMetric, { error: 'a mapping from names to metrics' })
      .describe('The metrics that are compared.')
      .exactOptional(),
    pass: amountAboveZero
      .describe('A score of at least this is good. Default: 75.')
      .exactOptional(),
    marginal: amountFromZero.describe('A score below this is bad. Default: 50.').exactOptional(),
    weights: z
      .record(monitorName, amountFromZero, { error: 'a mapping from groups to weights' })
      .describe('What groups weigh, of 100 together. Default: all the same.')
      .exactOptional(),
    silentAfter: duration
      .describe('A canary without any sample for so long is bad, if the stable release has some.')
      .exactOptional(),
  }).exactOptional(),
  burnRate: mapping('Bad when an error budget burns too fast in two windows at once.', {
    objective: share.describe('The share of good events that is promised.').exactOptional(),
    period: duration.describe('The time the budget is for. Default: 30d.').exactOptional(),
    total: query
      .describe(
        'All events, as a counter; `query` then counts the bad ones. Without: `query` is the share of bad ones.',
      )
      .exactOptional(),
    windows: z
      .enum(['fast', 'slow', 'all'], { error: 'one of fast, slow, all' })
      .describe('`fast`: 5m with 1h, 30m with 6h. `slow`: 2h with 1d, 6h with 3d. Default: fast.')
      .exactOptional(),
  }).exactOptional(),
  drift: mapping('Bad when the distribution of the values is no longer what it was.', {
    measure: z
      .enum(['psi', 'ks'], { error: 'one of psi, ks' })
      .describe('The population stability index, or the distance of Kolmogorov and Smirnov.')
      .exactOptional(),
    above: amountAboveZero.describe('Bad above this.').exactOptional(),
    alpha: share
      .describe('For `ks`: the distance must also be this unlikely by chance. Default: 0.001.')
      .exactOptional(),
    histogram: yesOrNo
      .describe('`query` answers the growth of the buckets of a histogram, by `le`.')
      .exactOptional(),
    reference,
  }).exactOptional(),
  anomaly: mapping('Bad when a value is unusual for this metric, without a bound.', {
    level: amountAboveZero
      .describe('Deviations from the mean of a week. Default: 4.5.')
      .exactOptional(),
    season: amountAboveZero
      .describe('Deviations from the same time on previous days. Default: 6.')
      .exactOptional(),
    shift: amountAboveZero
      .describe('Deviations of the last hour from the mean of a week. Default: 3.')
      .exactOptional(),
    warmUp: duration
      .describe('Nothing is said before so much is known. Default: 1d.')
      .exactOptional(),
    trustAfter: duration
      .describe('What a release brings is usual only after so long. Default: 1d.')
      .exactOptional(),
  }).exactOptional(),
  changePoint: mapping('Bad when the level has moved since the release (CUSUM).', {
    worse: z
      .enum(['higher', 'lower', 'either'], { error: 'one of higher, lower, either' })
      .describe('Which move is bad. Default: either.')
      .exactOptional(),
    slack: amountFromZero
      .describe('Half of the smallest move that matters, in deviations. Default: 0.5.')
      .exactOptional(),
    above: amountAboveZero
      .describe('Bad above this sum of deviations. Default: 8.')
      .exactOptional(),
    reference,
  }).exactOptional(),
  earlyWarning: mapping(
    'When a bound will be crossed at the present trend. It never rolls back: it looks more often and prepares the rollback.',
    {
      above: amount.describe('The bound, if more is worse.').exactOptional(),
      below: amount.describe('The bound, if less is worse.').exactOptional(),
      within: duration.describe('A crossing within this time is near.').exactOptional(),
      confidence: share.describe('How sure the trend has to be. Default: 90%.').exactOptional(),
    },
  ).exactOptional(),
  share: mapping('Bad when surely more than a share of events are hits; both are counters.', {
    total: query.describe('All events; `query` counts the hits.').exactOptional(),
    above: share.describe('Bad above this share.').exactOptional(),
    confidence: share
      .describe('How sure it has to be, all looks of a day together. Default: 95%.')
      .exactOptional(),
  }).exactOptional(),
  impact: mapping('Bad when the release costs more money than it may.', {
    perMinute: amountFromZero
      .describe('The most that may be lost in a minute, against the last good release.')
      .exactOptional(),
    price: amountAboveZero
      .describe('What a unit of the metric is worth in a minute. Default: 1.')
      .exactOptional(),
    worse: worse('On which side the loss lies. Default: lower.'),
    perInference: amountAboveZero.describe('The most that an inference may cost.').exactOptional(),
    inferences: query
      .describe('For `perInference`: inferences per minute; `query` is the cost per minute.')
      .exactOptional(),
    reference,
  }).exactOptional(),
  composite: mapping('One judgement of several monitors of this target.', {
    of: z
      .array(monitorName, { error: 'a list of monitors' })
      .min(2, { error: 'at least two monitors' })
      .max(20, { error: 'at most 20 monitors' })
      .describe('The monitors it is made of.')
      .exactOptional(),
    when: z
      .union([z.enum(['any', 'all']), share], { error: 'one of any, all, or a share such as 60%' })
      .describe('Bad when any is, when all are, or when the bad ones weigh so much. Default: all.')
      .exactOptional(),
    weights: z
      .record(monitorName, amountFromZero, { error: 'a mapping from monitors to weights' })
      .describe('What each weighs. Default: 1.')
      .exactOptional(),
  }).exactOptional(),
};

/** When nothing is known for long. */
const noData = mapping('What no data means, and after how long.', {
  means: z
    .enum(['unknown', 'bad'], { error: 'one of unknown, bad' })
    .describe('`unknown`: nothing follows. `bad`: the model is silent, which is as bad as wrong.')
    .exactOptional(),
  after: duration.describe('After so long without a verdict. Default: 15m.').exactOptional(),
});

const monitor = mapping('A metric that Lastgood watches by itself, and exactly one judge for it.', {
  enabled: yesOrNo
    .describe('`false` leaves out a monitor that a preset has. Default: true.')
    .exactOptional(),
  query: query
    .describe(
      'What to ask the server, with `{model}`, `{version}`, `{environment}` and `{release_commit}`.',
    )
    .exactOptional(),
  series: query.describe('The name of a pushed series, in place of a query.').exactOptional(),
  reads: monitorName
    .describe('Another monitor of the target: this one reads what that one reads.')
    .exactOptional(),
  server: serverName
    .describe('Another server than that of the target, by its name in the settings.')
    .exactOptional(),
  ...judges,
  of: statistic
    .describe('What the window comes down to, for threshold and regression. Default: mean.')
    .exactOptional(),
  window: duration.describe('So much time before a look is judged. Default: 5m.').exactOptional(),
  every: duration.describe('How often it looks. Default: 30s.').exactOptional(),
  minSamples: wholeNumber(1, 10_000)
    .describe('With fewer samples in the window it says nothing.')
    .exactOptional(),
  urgency: z
    .enum(URGENCIES, { error: 'one of immediate, investigate, watch' })
    .describe(
      'How pressing it is: an alert of severity `critical`, `medium` or `low`, which `respond` answers.',
    )
    .exactOptional(),
  consecutive: wholeNumber(1, 1000)
    .describe('So many bad looks in a row make it fire. Default: 3.')
    .exactOptional(),
  failureLimit: wholeNumber(0, 1000)
    .describe(
      'In place of consecutive, as Argo Rollouts counts: so many bad looks of a release may be, in a row or not.',
    )
    .exactOptional(),
  recover: wholeNumber(1, 1000)
    .describe('So many good looks in a row end that. Default: 3.')
    .exactOptional(),
  coolDown: duration
    .describe('After it ended it does not fire again for so long. Default: 10m.')
    .exactOptional(),
  settle: duration
    .describe('Nothing is judged for so long after a release. Default: 5m.')
    .exactOptional(),
  noData: noData.exactOptional(),
});

export type MonitorEntry = z.output<typeof monitor>;

export const monitorEntries = z
  .record(monitorName, monitor, { error: 'a mapping from names to monitors' })
  .describe('What Lastgood watches by itself, by name.');
