/**
 * One exchange with a metric server over HTTP. It never follows a redirect, waits no longer than the server's timeout,
 * and reads no more than a bounded answer.
 *
 * @module
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
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

/** An answer with more bytes than this is not about one model. */
export const MAX_ANSWER = 1_000_000;

/** What is asked: with a form it is posted, without one it is got. */
export interface Question {
  /** Below the address of the server; begins with a slash. */
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks a server.
 *
 * @throws {MetricsError} when there is no answer; the signal's reason when that is aborted.
 */
export async function exchange(
  server: MetricServer,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> {
  const late = AbortSignal.timeout(server.timeout);
  try {
    return await send(server, question, AbortSignal.any([signal, late]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MetricsError) throw error;
    if (late.aborted) throw new MetricsError('slow', 'it did not answer in time', error);
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new MetricsError('unreachable', `it could not be reached${code}`, error);
  }
}

function send(
  { url: base, auth, ca, insecure }: MetricServer,
  { path, form }: Question,
  signal: AbortSignal,
): Promise<Answer> {
  const url = new URL(`${base}${path}`);
  const headers = {
    accept: 'application/json',
    ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(auth && { authorization: authorization(auth) }),
  };
  const options = { method: form ? 'POST' : 'GET', headers, signal };
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
    request.end(form && new URLSearchParams(form).toString());
  });
}

function authorization(auth: NonNullable<MetricServer['auth']>): string {
  if (auth.kind === 'bearer') return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;
}
