/**
 * Asks metric servers about a merged rollback. What they answer is hostile: it is bounded, and a failure is an answer
 * that says so. Nothing here decides anything.
 *
 * @module
 */
import { cleanText } from '../alerts/clean-text.ts';
import { readPin } from '../manifests/read-pin.ts';
import { MetricsError } from '../metrics/exchange.ts';
import type { MetricServers } from '../metrics/metric-servers.ts';
import { readSeries, valuesOf, type Span } from '../monitors/series.ts';
import { mean } from '../monitors/statistics/descriptive.ts';
import type { ServedPolicy } from '../policy/policy.ts';
import type { Milliseconds } from '../time.ts';
import type { Answers, MetricQuestion, Questions } from './measured.ts';

/** So many versions are looked at: more copies than that are one finding anyway. */
const MOST_VERSIONS = 50;

const NAME = 100;

/** So many points of one answer are kept: what it was asked for is about twenty. */
const MOST_POINTS = 60;

/** Asks all questions side by side. Rejects only when the signal is aborted. */
export async function measure(
  servers: MetricServers,
  repository: string,
  questions: Questions,
  signal: AbortSignal,
): Promise<Answers> {
  const { branch, commit, at, from, served } = questions;
  const [metrics, versions] = await Promise.all([
    Promise.all(questions.metrics.map((one) => askMetric(servers, repository, one, signal))),
    served && askServed(servers, repository, served, at, signal),
  ]);
  return { branch, commit, at, from, metrics, ...(versions && { served: versions }) };
}

interface Found {
  readonly series: number;
  /** The mean of the points; undefined without any. */
  readonly value: number | undefined;
  readonly points: [number, number][];
}

async function askMetric(
  servers: MetricServers,
  repository: string,
  { name, server, query, span, step, baseline, before: earlier }: MetricQuestion,
  signal: AbortSignal,
): Promise<Answers['metrics'][number]> {
  const ask = async (promql: string, over: Span, each: Milliseconds): Promise<Found> => {
    const found = await servers.queryRange({ server, repository }, promql, over, each, signal);
    const series = readSeries(found[0]?.samples ?? [], over);
    const values = valuesOf(series);
    return {
      series: found.length,
      value: values.length > 0 ? mean(values) : undefined,
      points: series.points
        .slice(-MOST_POINTS)
        .map(({ at, value }): [number, number] => [at, value]),
    };
  };
  try {
    const nothing: Found = { series: 0, value: undefined, points: [] };
    const [now, before, shown] = await Promise.all([
      span ? ask(query, span, step) : nothing,
      baseline ? ask(baseline.query, baseline.span, baseline.step) : nothing,
      // What is only shown is not worth a failure.
      earlier
        ? ask(earlier.query, earlier.span, earlier.step).catch((): Found => nothing)
        : nothing,
    ]);
    signal.throwIfAborted();
    const points = [shown, now].flatMap((one) => (one.series === 1 ? one.points : []));
    const usual = before.series === 1 ? before.value : undefined;
    return {
      name,
      series: now.series,
      ...(now.value !== undefined && { value: now.value }),
      ...(points.length > 0 && { points }),
      ...(baseline && usual !== undefined && { baseline: { query: baseline.query, value: usual } }),
    };
  } catch (error) {
    return { name, series: 0, problem: problemOf(error, server, signal) };
  }
}

async function askServed(
  servers: MetricServers,
  repository: string,
  served: ServedPolicy,
  at: number,
  signal: AbortSignal,
): Promise<NonNullable<Answers['served']>> {
  const asking = { server: served.server, repository };
  try {
    if ('query' in served) {
      const found = await servers.query(asking, served.query, at, signal);
      const versions = found.map(({ labels }) => labels[served.label] ?? '');
      const named = versions.filter((version) => version !== '');
      if (versions.length > 0 && named.length === 0) {
        const problem = `from the metric server ${served.server}: it names no ${served.label}`;
        return { versions: [], problem };
      }
      return { versions: distinct(named) };
    }
    return versionIn(await servers.get(asking, served.path, signal), served);
  } catch (error) {
    return { versions: [], problem: problemOf(error, served.server, signal) };
  }
}

/** The version in an answer, as text: `1.10` is not `1.1`. */
function versionIn(
  text: string,
  { server, field }: { readonly server: string; readonly field?: string },
): NonNullable<Answers['served']> {
  if (field === undefined) return { versions: distinct([text.trim()].filter((one) => one !== '')) };
  const pin = { id: 'model', component: 'model', file: 'answer.json', path: field } as const;
  const reading = readPin(text, pin);
  if (reading.ok) return { versions: distinct([reading.value.version]) };
  const problem = `from the metric server ${server}: there is none at ${cleanText(field, NAME)}`;
  return { versions: [], problem };
}

function distinct(versions: readonly string[]): string[] {
  return [...new Set(versions.map((one) => cleanText(one, 300)))].slice(0, MOST_VERSIONS);
}

function problemOf(error: unknown, server: string, signal: AbortSignal): string {
  signal.throwIfAborted();
  const why = error instanceof MetricsError ? error.message : 'it could not be asked';
  return `from the metric server ${server}: ${why}`;
}
