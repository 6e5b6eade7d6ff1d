import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, test } from 'vitest';
import { openServer } from '../../fixtures/http/open-server.ts';
import { SECOND } from '../time.ts';
import { MAX_ANSWER, MetricsError, query, readAnswer } from './prometheus.ts';
import { serverFor, type MetricServer } from './server.ts';

const NOW = Date.UTC(2026, 10, 20, 2, 0, 0);

function success(resultType: string, result: unknown): string {
  return JSON.stringify({ status: 'success', data: { resultType, result } });
}

describe('readAnswer', () => {
  test.each([
    [
      'a matrix',
      success('matrix', [
        {
          metric: { a: 'b' },
          values: [
            [1.5, '0.25'],
            [2.5, 'NaN'],
          ],
        },
      ]),
      [
        {
          labels: { a: 'b' },
          samples: [
            { at: 1500, value: 0.25 },
            { at: 2500, value: Number.NaN },
          ],
        },
      ],
    ],
    [
      'a vector',
      success('vector', [
        { metric: {}, value: [1, '+Inf'] },
        { metric: {}, value: [1, '-Inf'] },
      ]),
      [
        { labels: {}, samples: [{ at: 1000, value: Number.POSITIVE_INFINITY }] },
        { labels: {}, samples: [{ at: 1000, value: Number.NEGATIVE_INFINITY }] },
      ],
    ],
    [
      'a scalar',
      success('scalar', [1, '1e3']),
      [{ labels: {}, samples: [{ at: 1000, value: 1000 }] }],
    ],
    [
      'an empty value as none',
      success('scalar', [1, '']),
      [{ labels: {}, samples: [{ at: 1000, value: Number.NaN }] }],
    ],
    ['nothing found', success('vector', []), []],
  ])('reads %s', (_, text, expected) => {
    expect(readAnswer(200, text)).toEqual(expected);
  });

  test.each([
    [200, '<html>', 'unreadable', 'its answer is not one of Prometheus'],
    [200, success('string', [1, 'x']), 'unreadable', 'its answer is not one of Prometheus'],
    [302, '', 'refused', 'it answered with the status 302'],
    [401, 'Unauthorized', 'refused', 'it answered with the status 401'],
    [
      400,
      JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse\nerror' }),
      'refused',
      'it refused the query: bad_data: parse error',
    ],
  ])('tells of %i %s', (status, text, reason, message) => {
    expect(() => readAnswer(status, text)).toThrow(
      expect.objectContaining({ name: 'MetricsError', reason, message }),
    );
  });
});

describe('a server', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function serve(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    more: Partial<MetricServer> = {},
  ): Promise<MetricServer> {
    const { url, close } = await openServer(answer);
    closing.push(close);
    const known = { name: 'one', url, repositories: ['acme/models'], concurrency: 2 };
    return { ...known, timeout: 5 * SECOND, ...more };
  }

  const { signal } = new AbortController();
  const reasonOf = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => 'answered',
      (error: unknown) => (error instanceof MetricsError ? error.reason : error),
    );

  test.each([
    [{ kind: 'bearer', token: 'secret' } as const, 'Bearer secret'],
    [{ kind: 'basic', user: 'me', password: 'secret' } as const, 'Basic bWU6c2VjcmV0'],
  ])('is told who asks, by %o', async (auth, header) => {
    const seen: (string | undefined)[] = [];
    const server = await serve(
      (request, response) => {
        seen.push(request.headers.authorization);
        response.end(success('vector', []));
      },
      { auth },
    );
    expect(await query(server, 'up', NOW, signal)).toEqual([]);
    expect(seen).toEqual([header]);
  });

  it('is slow when it does not answer in time', async () => {
    const server = await serve(() => {}, { timeout: 50 });
    expect(await reasonOf(query(server, 'up', NOW, signal))).toBe('slow');
  });

  it('is slow when it does not come to an end in time', async () => {
    const server = await serve((_, response) => void response.write('{'), { timeout: 50 });
    expect(await reasonOf(query(server, 'up', NOW, signal))).toBe('slow');
  });

  it('is unreachable when nobody listens', async () => {
    const server = await serve(() => {});
    for (const close of closing.splice(0)) await close();
    expect(await reasonOf(query(server, 'up', NOW, signal))).toBe('unreachable');
  });

  it('sends no more than it may', async () => {
    const server = await serve((_, response) => void response.end('x'.repeat(MAX_ANSWER + 1)));
    expect(await reasonOf(query(server, 'up', NOW, signal))).toBe('too-large');
  });

  it('leads nowhere else', async () => {
    const asked: string[] = [];
    const server = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await reasonOf(query(server, 'up', NOW, signal))).toBe('refused');
    expect(asked).toEqual(['/api/v1/query']);
  });

  it('is not waited for when the turn is over', async () => {
    const server = await serve(() => {});
    const reason = new Error('over');
    expect(await reasonOf(query(server, 'up', NOW, AbortSignal.abort(reason)))).toBe(reason);
  });

  it('is for the repositories that may use it', () => {
    const repositories = ['acme/models'];
    const one = { name: 'one', url: 'http://x', repositories, timeout: SECOND, concurrency: 1 };
    expect(serverFor([one], 'one', 'Acme/Models')).toBe(one);
    expect(serverFor([one], 'one', 'evil/models')).toBeUndefined();
    expect(serverFor([one], 'two', 'acme/models')).toBeUndefined();
  });
});
