/**
 * Asks a Prometheus through its HTTP API. It never follows a redirect, waits no longer than the server's timeout, and
 * reads no more than a bounded answer.
 *
 * @module
 */
import { z } from 'zod';
import { cleanText } from '../alerts/clean-text.ts';
import type { Sample, Span } from '../monitors/series.ts';
import { SECOND, type Instant, type Milliseconds } from '../time.ts';
import { exchange, MetricsError } from './exchange.ts';
import type { MetricServer } from './server.ts';

export { MAX_ANSWER, MetricsError, type MetricsFailure } from './exchange.ts';

/** One time series of an answer. */
export interface LabelledSamples {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/**
 * What the query says at one moment.
 *
 * @throws {MetricsError} when there is no answer; the signal's reason when that is aborted.
 */
export function query(
  server: MetricServer,
  promql: string,
  at: Instant,
  signal: AbortSignal,
): Promise<readonly LabelledSamples[]> {
  return ask(server, 'query', { query: promql, time: seconds(at) }, signal);
}

/**
 * What the query says from the beginning of a span to its end, each `step`. Throws like `query`.
 */
export function queryRange(
  server: MetricServer,
  promql: string,
  span: Span,
  step: Milliseconds,
  signal: AbortSignal,
): Promise<readonly LabelledSamples[]> {
  const range = { start: seconds(span.from), end: seconds(span.to), step: seconds(step) };
  return ask(server, 'query_range', { query: promql, ...range }, signal);
}

function seconds(length: Milliseconds): string {
  return String(length / SECOND);
}

async function ask(
  server: MetricServer,
  path: 'query' | 'query_range',
  fields: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly LabelledSamples[]> {
  const form = { ...fields, timeout: `${server.timeout}ms` };
  const { status, text } = await exchange(server, { path: `/api/v1/${path}`, form }, signal);
  return readAnswer(status, text);
}

const value = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());

const answerSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({
        resultType: z.literal('matrix'),
        result: z.array(z.object({ metric: labels, values: z.array(value) })),
      }),
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ metric: labels, value })),
      }),
      z.object({ resultType: z.literal('scalar'), result: value }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

/**
 * Reads an answer of the API. A value that is none (`NaN`) or without bounds stays so: the judges drop it.
 *
 * @throws {MetricsError} with Prometheus' own words where it refused.
 */
export function readAnswer(status: number, text: string): readonly LabelledSamples[] {
  const parsed = answerSchema.safeParse(toJson(text));
  if (!parsed.success) {
    if (status !== 200) throw new MetricsError('refused', `it answered with the status ${status}`);
    throw new MetricsError('unreadable', 'its answer is not one of Prometheus');
  }
  const answer = parsed.data;
  if (answer.status === 'error') {
    const words = cleanText(`${answer.errorType}: ${answer.error}`, 300);
    throw new MetricsError('refused', `it refused the query: ${words}`);
  }
  const { data } = answer;
  switch (data.resultType) {
    case 'matrix':
      return data.result.map(({ metric, values }) => ({
        labels: metric,
        samples: values.map(toSample),
      }));
    case 'vector':
      return data.result.map((one) => ({ labels: one.metric, samples: [toSample(one.value)] }));
    case 'scalar':
      return [{ labels: {}, samples: [toSample(data.result)] }];
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toSample([at, text]: z.infer<typeof value>): Sample {
  return { at: Math.round(at * SECOND), value: toNumber(text) };
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  // An empty text is no zero.
  return text.trim() === '' ? Number.NaN : Number(text);
}
