import { CLOCK_AHEAD } from '../alerts/normalize.ts';
import { allowTarget } from '../alerts/allow-target.ts';
import type { AlertSource } from '../alerts/alert.ts';
import { cleanText } from '../alerts/clean-text.ts';
import { describeFound } from '../alerts/field-problem.ts';
import { resolveRepository } from '../alerts/resolve-repository.ts';
import { nearestName } from '../nearest-name.ts';
import { targetKey, type Target } from '../target.ts';
import { DAY, formatInstant, type Instant } from '../time.ts';
import type { PushedSeries } from './pushed.ts';
import type { SentSample } from './read-samples.ts';
import type { SampleProblem } from './sample-problem.ts';

/** What is older is no use to any monitor: none reaches further back. */
export const OLDEST = 30 * DAY;

/** The pushed series that monitors of one target read. */
export interface PushedTarget {
  readonly target: Target;
  readonly series: ReadonlySet<string>;
}

/** The targets of a repository that read pushed series, by model. Absent: the App is not installed there. */
export type KnownSeries = ReadonlyMap<string, readonly PushedTarget[]> | undefined;

/** Samples that monitors read, by the repository as the source's settings spell it. */
export interface BoundSamples {
  readonly taken: ReadonlyMap<string, readonly PushedSeries[]>;
  /** How many samples that is. */
  readonly count: number;
  /** What was left out, in the order of the body. */
  readonly problems: readonly SampleProblem[];
}

/** The repositories that samples are about, as far as their source may speak for them. */
export function repositoriesOf(
  samples: readonly SentSample[],
  source: Pick<AlertSource, 'repositories'>,
): ReadonlySet<string> {
  return new Set(
    samples.flatMap(({ repository }) => {
      const resolved = resolveRepository(repository, source);
      return resolved.ok ? [resolved.repository] : [];
    }),
  );
}

/**
 * Says which monitors' series samples are. What nobody reads, or what the source may not send, is left out by itself
 * and told, while the others are taken: one policy that changed must not make all others blind.
 */
export function bindSamples(
  samples: readonly SentSample[],
  source: Pick<AlertSource, 'repositories' | 'targets'>,
  known: (repository: string) => KnownSeries,
  now: Instant,
): BoundSamples {
  const bound = new Map<string, Bound | SampleProblem>();
  const found = new Map<Bound, { at: Instant; value: number }[]>();
  const problems: SampleProblem[] = [];
  let count = 0;
  for (const sample of samples) {
    const { repository, model, environment, series, path } = sample;
    const name = JSON.stringify([repository, model, environment, series]);
    // Mostly there are many samples of few series.
    const one = bound.get(name) ?? bindName(sample, source, known);
    bound.set(name, one);
    const problem = 'why' in one ? one : timeProblem(sample, now);
    if (problem) problems.push({ ...problem, field: `${path}.${problem.field}` });
    if (problem || 'why' in one) continue;
    const all = found.get(one);
    if (all) all.push({ at: sample.at, value: sample.value });
    else found.set(one, [{ at: sample.at, value: sample.value }]);
    count += 1;
  }
  const taken = new Map<string, PushedSeries[]>();
  for (const [{ repository, target, series }, all] of found) {
    taken.set(repository, [...(taken.get(repository) ?? []), { target, series, samples: all }]);
  }
  return { taken, count, problems };
}

interface Bound {
  readonly repository: string;
  readonly target: Target;
  readonly series: string;
}

/** With so many models a name is compared: a delivery may have thousands of wrong ones. */
const MOST_COMPARED = 100;

const NO_MONITOR =
  'give the policy a monitor with this `series`, and send again once it is on the default branch';

function bindName(
  sample: SentSample,
  source: Pick<AlertSource, 'repositories' | 'targets'>,
  known: (repository: string) => KnownSeries,
): Bound | SampleProblem {
  const { model, environment, series } = sample;
  const resolved = resolveRepository(sample.repository, source);
  if (!resolved.ok) return repositoryProblem(resolved.why, sample, source);
  const { repository } = resolved;
  const allowed = allowTarget({ model, environment }, source);
  if (!allowed.ok) return targetProblem(allowed.why, sample, source);
  const models = known(repository);
  if (!models) {
    const expected = 'a repository on which the App is installed';
    return tell('repository-not-installed', 'repository', repository, expected, 'install the App');
  }
  const ofModel = models.get(model) ?? [];
  const wanted =
    environment === undefined
      ? ofModel
      : ofModel.filter(({ target }) => target.environment === environment);
  const [one, ...others] = wanted;
  if (!one) return unknownTarget(sample, models, source);
  if (others.length > 0) {
    const expected = `one of ${wanted.map(({ target }) => target.environment).join(', ')}`;
    return tell('environment-missing', 'environment', undefined, expected, 'add `environment`');
  }
  if (one.series.has(series)) return { repository, target: one.target, series };
  const near = nearestName(series, one.series);
  const names = cleanText([...one.series].join(', '), 200);
  return tell(
    'series-unknown',
    'series',
    series,
    `a series that a monitor of ${targetKey(one.target)} reads: ${names}`,
    near === undefined ? NO_MONITOR : `did you mean ${JSON.stringify(cleanText(near, 100))}`,
  );
}

/** Nothing reads pushed series of what is named. A source for certain targets is told of no other one. */
function unknownTarget(
  { model, environment }: SentSample,
  models: NonNullable<KnownSeries>,
  { targets }: Pick<AlertSource, 'targets'>,
): SampleProblem {
  const mine = (models.get(model) ?? []).map(({ target }) => targetKey(target));
  const near = targets ? undefined : nearestName(model, [...models.keys()].slice(0, MOST_COMPARED));
  if (mine.length > 0 && environment !== undefined) {
    const suggestion = targets ? NO_MONITOR : `it could be ${mine.join(' or ')}`;
    const expected = `an environment of ${model} in which a monitor reads pushed series`;
    return tell('target-unknown', 'environment', environment, expected, suggestion);
  }
  return tell(
    'target-unknown',
    'model',
    model,
    'a model of which a monitor reads pushed series',
    near === undefined ? NO_MONITOR : `did you mean ${JSON.stringify(cleanText(near, 100))}`,
  );
}

function repositoryProblem(
  why: 'repository-ambiguous' | 'repository-not-allowed',
  { repository }: SentSample,
  { repositories }: Pick<AlertSource, 'repositories'>,
): SampleProblem {
  if (why === 'repository-ambiguous') {
    const expected = `one of ${repositories.join(', ')}`;
    return tell(why, 'repository', repository, expected, 'add `repository`');
  }
  // The same words whether or not there is such a repository: a token must not find that out.
  const expected = 'a repository that this source speaks for';
  const suggestion = 'name another one, or have the source set up for it';
  return tell(why, 'repository', repository, expected, suggestion);
}

function targetProblem(
  why: 'target-not-allowed' | 'environment-missing',
  { model, environment }: SentSample,
  { targets = [] }: Pick<AlertSource, 'targets'>,
): SampleProblem {
  const expected = `a target that this source speaks for: ${targets.join(', ')}`;
  if (environment === undefined) {
    return tell(why, 'environment', environment, expected, 'add `environment`');
  }
  const found = targetKey({ model, environment });
  const suggestion = 'name another one, or have the source set up for it';
  return tell(why, 'environment', found, expected, suggestion);
}

function timeProblem({ at, time }: SentSample, now: Instant): SampleProblem | undefined {
  if (at > now + CLOCK_AHEAD) {
    const expected = `a time at most 5 minutes ahead of this clock at ${formatInstant(now)}`;
    return tell('time-ahead', 'at', time, expected, 'set the clock of the sender right');
  }
  if (at >= now - OLDEST) return undefined;
  const expected = `a time within 30 days of this clock at ${formatInstant(now)}`;
  return tell('time-too-old', 'at', time, expected, 'no monitor reads what is so old');
}

function tell(
  why: SampleProblem['why'],
  field: string,
  value: unknown,
  expected: string,
  suggestion: string,
): SampleProblem {
  return { why, field, value: describeFound(value), expected, suggestion };
}
