/**
 * Asks a Prometheus through its HTTP API. It never follows a redirect, waits no longer than the server's timeout, and
 * reads no more than a bounded answer.
 *
 * @module
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { z } from 'zod';
import { cleanText } from '../alerts/clean-text.ts';
import type { Sample, Span } from '../monitors/series.ts';
import { SECOND, type Instant, type Milliseconds } from '../time.ts';
import type { MetricServer } from './server.ts';

/** Why a server gave no samples. */
export type MetricsFailure =
  /** There is none of that name, or it is not for this repository. */
  | 'unknown'
  /** It could not be reached, or its certificate is not trusted. */
  | 'unreachable'
  /** It took longer than its timeout. */
  | 'slow'
  /** It answered, and not with samples: the query is wrong, or the server wants other credentials. */
  | 'refused'
  | 'too-large'
  /** What answered is no Prometheus. */
  | 'unreadable';

/** No answer, which says nothing about the model. The message has no secret and no address in it. */
export class MetricsError extends Error {
  override readonly name = 'MetricsError';
  readonly reason: MetricsFailure;

  constructor(reason: MetricsFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** One time series of an answer. */
export interface LabelledSamples {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/** A query that finds more than this is not about one model. */
export const MAX_ANSWER = 1_000_000;

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
  const late = AbortSignal.timeout(server.timeout);
  const form = { ...fields, timeout: `${server.timeout}ms` };
  try {
    const url = new URL(`${server.url}/api/v1/${path}`);
    const answer = await post(server, url, form, AbortSignal.any([signal, late]));
    return readAnswer(answer.status, answer.text);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MetricsError) throw error;
    if (late.aborted) throw new MetricsError('slow', 'it did not answer in time', error);
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new MetricsError('unreachable', `it could not be reached${code}`, error);
  }
}

function post(
  { auth, ca, insecure }: MetricServer,
  url: URL,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    ...(auth && { authorization: authorization(auth) }),
  };
  const options = { method: 'POST', headers, signal };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, {
            ...options,
            ...(ca !== undefined && { ca }),
            ...(insecure && { rejectUnauthorized: false }),
          })
        : requestHttp(url, options);
    request.on('error', reject);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > MAX_ANSWER) {
          request.destroy();
          reject(new MetricsError('too-large', `its answer has more than ${MAX_ANSWER} bytes`));
        } else {
          parts.push(part);
        }
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() });
      });
    });
    request.end(new URLSearchParams(form).toString());
  });
}

function authorization(auth: NonNullable<MetricServer['auth']>): string {
  if (auth.kind === 'bearer') return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;
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
