import { fillQuery, type QueryValues } from '../metrics/fill-query.ts';
import type { ServedPolicy, VerifyMetric, VerifyPolicy } from '../policy/policy.ts';
import { modelVersions, type Versions } from '../releases/versions.ts';
import {
  DAY,
  HOUR,
  MINUTE,
  parseDuration,
  SECOND,
  type Instant,
  type Milliseconds,
} from '../time.ts';
import type { MetricQuestion, Questions } from './measured.ts';
import { countsFrom } from './next-phase.ts';
import type { GoodRelease, Recovery } from './recovery.ts';

/** So much of the good release's time says what is usual: the end of it, which is the most like what came after. */
const BASELINE = HOUR;

/**
 * What to ask about a merged rollback now. `good` is the release that it went back to, as it ran before; without it
 * there is no baseline but a number of the policy.
 */
export function questionsOf(
  recovery: Recovery,
  policy: VerifyPolicy,
  good: GoodRelease | undefined,
  now: Instant,
): Questions {
  const { branch, commit, target, goal } = recovery;
  const from = countsFrom(recovery);
  const values: QueryValues = {
    model: target.model,
    environment: target.environment,
    version: versionOf(goal),
    release_commit: commit,
  };
  return {
    branch,
    commit,
    at: now,
    from,
    metrics: policy.metrics.map((metric) => {
      const baseline = baselineOf(metric, recovery, good);
      const before = beforeOf(metric, recovery, values);
      return {
        ...currentOf(metric, policy, values, from, now),
        ...(baseline && { baseline }),
        ...(before && { before }),
      };
    }),
    ...(policy.served && { served: fillServed(policy.served, values) }),
  };
}

/** The version that a query means by `{version}`: with several models in a target, there is none to be named alone. */
function versionOf(goal: Versions): string {
  return [...new Set(Object.values(modelVersions(goal)))].join(',');
}

function currentOf(
  { name, server, query }: VerifyMetric,
  { sustain, every }: VerifyPolicy,
  values: QueryValues,
  from: Instant,
  now: Instant,
): MetricQuestion {
  // At its beginning, a query looks back at what was before; without a range at the last scrape, and nobody asks for
  // metrics much more often than they are scraped.
  const begins = Math.max(from + Math.max(lookback(query), every), now - sustain);
  return {
    name,
    server,
    query: fillQuery(query, values),
    ...(begins <= now && { span: { from: begins, to: now } }),
    step: stepFor(sustain),
  };
}

function baselineOf(
  metric: VerifyMetric,
  recovery: Recovery,
  good: GoodRelease | undefined,
): MetricQuestion['baseline'] {
  const { query, baseline } = metric;
  if (baseline !== 'last-good' || !good) return undefined;
  const filled = baselineQuery(metric, recovery, good);
  if (Object.hasOwn(recovery.baselines ?? {}, filled)) return undefined;
  // At the moment in which the next release came, it ran no more.
  const to = good.until - 1;
  const from = Math.min(Math.max(good.from + lookback(query), to - BASELINE), to);
  return { query: filled, span: { from, to }, step: stepFor(BASELINE) };
}

/** So much of what was before the merge is shown beside what came after. */
const BEFORE = 30 * MINUTE;

/** What was before anything was recorded, once, for the record: it judges nothing. Another version is another query. */
function beforeOf(
  { name, query }: VerifyMetric,
  { recorded = [], mergedAt }: Recovery,
  values: QueryValues,
): MetricQuestion['before'] {
  const known = recorded.some((one) => one.name === name);
  if (known || /\{(?:version|release_commit)\}/.test(query)) return undefined;
  const span = { from: mergedAt - BEFORE, to: mergedAt };
  return { query: fillQuery(query, values), span, step: MINUTE };
}

/** The query whose answer is a metric's baseline, by which that is remembered. */
export function baselineQuery(
  { query }: VerifyMetric,
  { target, goal }: Recovery,
  good: GoodRelease,
): string {
  const { model, environment } = target;
  return fillQuery(query, {
    model,
    environment,
    version: versionOf(goal),
    release_commit: good.commit,
  });
}

/** About twenty samples, not more than one a second. */
function stepFor(length: Milliseconds): Milliseconds {
  return Math.max(SECOND, Math.ceil(length / 20 / SECOND) * SECOND);
}

/**
 * How far a query looks back: the longest time in brackets and behind `offset`, together. What stands between quotes is
 * taken for such a time as well, which makes it wait longer at worst.
 */
export function lookback(query: string): Milliseconds {
  const longest = (pattern: RegExp): Milliseconds =>
    Math.max(0, ...[...query.matchAll(pattern)].map(([, text = '']) => lengthOf(text)));
  const ranges = longest(/\[\s*([0-9a-z]+)/gi);
  return Math.min(ranges + longest(/\boffset\s+([0-9a-z]+)/gi), DAY);
}

/** A length of time as PromQL writes it; what cannot be read is five minutes, as far as Prometheus looks back itself. */
function lengthOf(text: string): Milliseconds {
  const milliseconds = /^(\d+)ms$/.exec(text)?.[1];
  if (milliseconds !== undefined) return Number(milliseconds);
  const weeks = /^(\d+)w(.*)$/.exec(text);
  const rest = weeks ? (weeks[2] ?? '') : text;
  const length = (weeks ? Number(weeks[1]) * 7 * DAY : 0) + (parseDuration(rest) ?? 0);
  return length > 0 ? length : 5 * MINUTE;
}

function fillServed(served: ServedPolicy, values: QueryValues): ServedPolicy {
  if ('query' in served) return { ...served, query: fillQuery(served.query, values) };
  const path = served.path.replaceAll(
    /\{(model|version|environment|release_commit)\}/g,
    (_, name: string) => encodeURIComponent(values[name as keyof QueryValues].toWellFormed()),
  );
  return { ...served, path };
}
