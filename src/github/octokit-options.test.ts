import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { Probot } from 'probot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { REPOSITORY } from '../../fixtures/github/answers.ts';
import { openServer } from '../../fixtures/http/open-server.ts';
import type { CheckReport } from '../check/checks.ts';
import { createChecks } from './create-checks.ts';
import { RateLimited } from './errors.ts';
import { URGENT } from './octokit.ts';
import { createProbotOptions } from './octokit-options.ts';

/**
 * A server that holds every answer back until told. Timers are false throughout: a request that a plugin delays is
 * sent only when the test lets time pass, so what arrives without that was not delayed.
 */

interface Held {
  readonly what: string;
  readonly authorization: string | undefined;
  answer(status: number, body: unknown, headers?: Record<string, string>): void;
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let held: Held[] = [];
let tokens = 0;
let close = async (): Promise<void> => {};
let installation = 100;

function receive(request: IncomingMessage, response: ServerResponse): void {
  const answer: Held['answer'] = (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  if (request.url?.endsWith('/access_tokens')) {
    tokens += 1;
    answer(201, {
      token: 'ghs_token',
      expires_at: '2099-01-01T00:00:00Z',
      permissions: {},
      repository_selection: 'all',
    });
    return;
  }
  request.resume();
  request.on('end', () => {
    const what = `${request.method} ${request.url}`;
    held.push({ what, authorization: request.headers.authorization, answer });
  });
}

/** An Octokit of a fresh installation, as Probot makes it; its token is there already. */
async function installed(): Promise<Awaited<ReturnType<Probot['auth']>>> {
  const server = await openServer(receive);
  close = server.close;
  const probot = new Probot({
    ...createProbotOptions({
      appId: 1,
      privateKey: PEM,
      secret: 'secret',
      baseUrl: server.url,
    }),
    logLevel: 'fatal',
  });
  installation += 1;
  const octokit = await probot.auth(installation);
  const warm = octokit.request('GET /warm');
  (await next()).answer(200, {});
  await warm;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  return octokit;
}

/** The next request that has arrived. */
async function next(): Promise<Held> {
  for (;;) {
    const one = held.shift();
    if (one) return one;
    await turn();
  }
}

/** Lets false time pass until a request arrives; answers it with the time that took. */
async function nextInTime(step = 100): Promise<Held & { readonly after: number }> {
  for (let after = 0; ; after += step) {
    // Enough turns of the loop for a request on loopback to arrive if it was sent.
    for (let turns = 0; turns < 200 && held.length === 0; turns += 1) await turn();
    const one = held.shift();
    if (one) return { ...one, after };
    if (after > 120_000) throw new Error('No request within two minutes of false time.');
    await vi.advanceTimersByTimeAsync(step);
  }
}

/** Lets false time pass until the plugins have let the answer through; answers what was thrown as a value. */
async function inTime<T>(asked: Promise<T>): Promise<unknown> {
  const answer = asked.catch((error: unknown) => error);
  const pending = Symbol('pending');
  for (let steps = 0; steps < 2_000; steps += 1) {
    const now = await Promise.race([answer, turn(pending)]);
    if (now !== pending) return now;
    await vi.advanceTimersByTimeAsync(1);
  }
  throw new Error('No answer within two seconds of false time.');
}

beforeEach(() => {
  held = [];
  tokens = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await close();
});

const COMMENT = 'POST /repos/a/b/issues/5/comments';
const CHECK = 'POST /repos/acme/manifests/check-runs';
const MERGE = 'PUT /repos/a/b/pulls/5/merge';

const REPORT: CheckReport = {
  name: 'lastgood',
  head: 'a'.repeat(40),
  externalId: 'x',
  title: 'Waits',
  summary: '',
  annotations: [],
};

describe("a rollback's two writes", () => {
  test('are on the wire together with no timer set, past comments that wait', async () => {
    const octokit = await installed();
    const comment = octokit.request(COMMENT, { body: 'text' });
    while (vi.getTimerCount() === 0) await turn();
    const before = vi.getTimerCount();

    const proposed = octokit.graphql('mutation { createRef }', { request: URGENT });
    const merged = octokit.request(MERGE, { request: URGENT });
    const [first, second] = [await next(), await next()];
    expect([first.what, second.what].sort()).toEqual(['POST /graphql', MERGE]);
    expect(first.authorization).toBe('token ghs_token');
    expect(second.authorization).toBe('token ghs_token');
    expect(tokens).toBe(1);
    expect(vi.getTimerCount()).toBe(before);
    expect(held).toEqual([]);

    first.answer(200, { data: {} });
    second.answer(200, { data: {} });
    await Promise.all([proposed, merged]);
    const late = await nextInTime();
    expect(late.what).toBe(COMMENT);
    late.answer(201, {});
    expect(await inTime(comment)).toMatchObject({ status: 201 });
  });

  test('are spaced out without the word: the lane is what lets them pass', async () => {
    const octokit = await installed();
    const merged = octokit.request(MERGE);
    for (let turns = 0; turns < 200; turns += 1) await turn();
    expect(held).toEqual([]);
    (await nextInTime()).answer(200, {});
    expect(await inTime(merged)).toMatchObject({ status: 200 });
  });
});

test('a check that a merge waits for passes the comments as well, and one that only tells something does not', async () => {
  const octokit = await installed();
  const checks = createChecks(() => Promise.resolve(octokit), {
    clock: Date.now,
    wait: () => Promise.resolve(),
  });
  const comment = octokit.request(COMMENT, { body: 'text' });
  while (vi.getTimerCount() === 0) await turn();
  const telling = checks.publish(REPOSITORY, REPORT);
  const passing = checks.publish(REPOSITORY, { ...REPORT, conclusion: 'success', urgent: true });
  const first = await next();
  expect(first.what).toBe(CHECK);
  first.answer(201, {
    id: 2,
    html_url: '',
    external_id: '',
    status: 'completed',
    conclusion: 'success',
    output: { title: '', annotations_count: 0 },
  });
  expect(await passing).toMatchObject({ id: 2 });
  expect(held).toEqual([]);
  const late = [await nextInTime(), await nextInTime()];
  expect(late.map(({ what }) => what).sort()).toEqual([COMMENT, CHECK]);
  for (const one of late) one.answer(404, {});
  await Promise.allSettled([inTime(comment), inTime(telling)]);
});

test('comments stay spaced out by three seconds, as GitHub asks', async () => {
  const octokit = await installed();
  const both = Promise.all([
    octokit.request(COMMENT, { body: '1' }),
    octokit.request(COMMENT, { body: '2' }),
  ]);
  (await nextInTime()).answer(201, {});
  const second = await nextInTime();
  expect(second.after).toBeGreaterThanOrEqual(2_500);
  second.answer(201, {});
  expect(await inTime(both)).toMatchObject([{ status: 201 }, { status: 201 }]);
});

describe('reality 5: no write is ever repeated', () => {
  test.each([
    ['urgent', URGENT, 405],
    ['urgent', URGENT, 409],
    ['urgent', URGENT, 429],
    ['urgent', URGENT, 502],
    ['spaced out', {}, 409],
    ['spaced out', {}, 502],
    ['spaced out', {}, 429],
  ])('an %s merge (%o) that is answered %i', async (_, request, status) => {
    const octokit = await installed();
    const merged = octokit.request(MERGE, { request });
    (await nextInTime()).answer(status, { message: 'You have exceeded a secondary rate limit.' });
    expect(await inTime(merged)).toMatchObject({ status });
    await vi.advanceTimersByTimeAsync(120_000);
    for (let turns = 0; turns < 200; turns += 1) await turn();
    expect(held).toEqual([]);
  });
});

describe('reality 20: limits', () => {
  const LIMIT = { message: 'You have exceeded a secondary rate limit.' };

  test('a read is repeated once, after the time GitHub names', async () => {
    const octokit = await installed();
    const read = octokit.request('GET /repos/a/b');
    (await nextInTime()).answer(403, LIMIT, { 'retry-after': '7' });
    const second = await nextInTime();
    expect(second.after).toBeGreaterThanOrEqual(6_900);
    second.answer(403, LIMIT, { 'retry-after': '7' });
    expect(await inTime(read)).toMatchObject({ status: 403 });
  });

  test('while a read waits to be repeated, nothing urgent is sent either', async () => {
    const octokit = await installed();
    const read = octokit.request('GET /repos/a/b');
    (await nextInTime()).answer(403, LIMIT, { 'retry-after': '7' });
    // The answer arrives, and the plugin sets when to repeat the read: a second of the seven is enough.
    for (let steps = 0; steps < 100; steps += 1) {
      for (let turns = 0; turns < 5; turns += 1) await turn();
      await vi.advanceTimersByTimeAsync(10);
    }
    const merge = octokit.request(MERGE, { request: URGENT }).catch((thrown: unknown) => thrown);
    expect(await inTime(merge)).toBeInstanceOf(RateLimited);
    expect(held).toEqual([]);
    (await nextInTime()).answer(200, {});
    expect(await inTime(read)).toMatchObject({ status: 200 });
  });

  test('a limit that lasts too long is not waited for', async () => {
    const octokit = await installed();
    const read = octokit.request('GET /repos/a/b');
    (await nextInTime()).answer(403, LIMIT, { 'retry-after': '600' });
    expect(await inTime(read)).toMatchObject({ status: 403 });
  });

  test('an urgent request is not sent while any request of the installation was told to wait', async () => {
    const octokit = await installed();
    const comment = octokit.request(COMMENT, { body: 'text' });
    (await nextInTime()).answer(429, LIMIT, { 'retry-after': '30' });
    expect(await inTime(comment)).toMatchObject({ status: 429 });
    const error = await octokit
      .request(MERGE, { request: URGENT })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RateLimited);
    expect((error as RateLimited).after).toBeGreaterThan(20_000);
    expect((error as RateLimited).after).toBeLessThanOrEqual(30_000);
    expect(held).toEqual([]);
  });
});
