import { Octokit } from '@octokit/rest';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { API, endAnswers, NOW, on } from '../../fixtures/github/answers.ts';
import { DAY, HOUR, MINUTE } from '../time.ts';
import { redeliverFailed } from './deliveries.ts';
import { GitHubDown, NotInstalled } from './errors.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

const LIST = '/app/hook/deliveries?per_page=100';
const timing = { clock: () => NOW, wait: () => Promise.resolve() };
const app = new Octokit({
  auth: 'jwt',
  log: { debug() {}, info() {}, warn() {}, error() {} },
});

let id = 1_000;
beforeEach(() => {
  id = 1_000;
});

/** One attempt as GitHub lists it. */
function attempt(guid: string, ago: number, change: Readonly<Record<string, unknown>> = {}) {
  id -= 1;
  return {
    id,
    guid,
    delivered_at: new Date(NOW - ago).toISOString(),
    redelivery: false,
    duration: 0.2,
    status: 'failed to connect to host',
    status_code: 502,
    event: 'push',
    action: null,
    installation_id: 42,
    repository_id: 7,
    throttled_at: null,
    ...change,
  };
}
const ok = { status: 'OK', status_code: 202 };
const again = { redelivery: true };

const onAsk = (delivery: number | string, status = 202, body: object = {}) =>
  on('POST', `/app/hook/deliveries/${delivery}/attempts`, status, body);

const run = (asked?: Map<string, number>) => redeliverFailed(app, NOW - HOUR, timing, asked);

describe('reality 17: what failed is asked for again', () => {
  test('once each by the newest attempt, oldest first, and not what arrived meanwhile', async () => {
    on('GET', LIST, 200, [
      attempt('a', MINUTE, ok),
      attempt('b', 20 * MINUTE, again),
      attempt('c', 25 * MINUTE, { event: 'pull_request' }),
      attempt('b', 30 * MINUTE),
      attempt('d', 31 * MINUTE, { status: 'Service Unavailable', status_code: 503 }),
      attempt('d', 35 * MINUTE, ok),
      attempt('old', 2 * HOUR),
    ]);
    onAsk(998);
    onAsk(997);
    expect(await run()).toEqual({
      asked: [
        { guid: 'b', event: 'push' },
        { guid: 'c', event: 'pull_request' },
      ],
      left: 0,
      givenUp: [],
      complete: true,
      next: NOW - 30 * MINUTE,
    });
  });

  test('nothing failed: one request, and the next run looks from now on', async () => {
    on('GET', LIST, 200, [attempt('a', MINUTE, ok)]);
    expect(await run()).toEqual({ asked: [], left: 0, givenUp: [], complete: true, next: NOW });
  });

  test('not while its redelivery is young, and not what is on its way', async () => {
    on('GET', LIST, 200, [
      attempt('a', 9 * MINUTE, again),
      attempt('b', 10 * MINUTE, { status: 'pending', status_code: 0 }),
      attempt('a', 30 * MINUTE),
    ]);
    expect(await run()).toMatchObject({ asked: [], left: 2, next: NOW - 30 * MINUTE });
  });

  test('not twice within the window, although GitHub does not list it yet', async () => {
    const asked = new Map<string, number>();
    on('GET', LIST, 200, [attempt('a', 30 * MINUTE)]);
    onAsk(999);
    await run(asked);
    expect(asked).toEqual(new Map([['a', NOW]]));
    on('GET', LIST, 200, [attempt('a', 30 * MINUTE)]);
    expect(await run(asked)).toMatchObject({ asked: [], left: 1 });
    on('GET', LIST, 200, [attempt('a', 30 * MINUTE)]);
    onAsk(997);
    const later = { ...timing, clock: () => NOW + 10 * MINUTE };
    expect(await redeliverFailed(app, NOW - HOUR, later, asked)).toMatchObject({
      asked: [{ guid: 'a' }],
    });
  });

  test('not for ever: after five attempts the sweep has to find it', async () => {
    on('GET', LIST, 200, [
      ...[11, 22, 33, 44].map((minutes) => attempt('a', minutes * MINUTE, again)),
      attempt('a', 55 * MINUTE),
    ]);
    expect(await run()).toMatchObject({
      asked: [],
      left: 0,
      givenUp: [{ guid: 'a', event: 'push' }],
      next: NOW,
    });
  });

  test('an id that is too long for a number is asked for to the last digit', async () => {
    const long = JSON.stringify([attempt('a', MINUTE, { id: 1 })]).replace(
      '"id":1,',
      '"id":1837829183914803207,',
    );
    nock(API).get(LIST).reply(200, long, { 'content-type': 'application/json' });
    onAsk('1837829183914803207');
    expect(await run()).toMatchObject({ asked: [{ guid: 'a' }] });
  });
});

describe('what is bounded', () => {
  const link = (cursor: string) => ({ link: `<${API}${LIST}&cursor=${cursor}>; rel="next"` });

  test('pages follow the cursor of the Link header until they are older than asked for', async () => {
    on('GET', LIST, 200, [attempt('a', MINUTE, ok)], link('v1_1'));
    on('GET', `${LIST}&cursor=v1_1`, 200, [attempt('b', 2 * HOUR)], link('v1_2'));
    expect(await run()).toMatchObject({ asked: [], complete: true });
  });

  test('so many pages, and then it says that it did not see everything, and goes on from what it saw', async () => {
    const limits = { pages: 2, perRun: 5, window: MINUTE, attempts: 5, alerts: HOUR };
    on('GET', LIST, 200, [attempt('a', MINUTE, ok)], link('v1_1'));
    on('GET', `${LIST}&cursor=v1_1`, 200, [attempt('b', 2 * MINUTE)], link('v1_2'));
    onAsk(998);
    expect(await redeliverFailed(app, NOW - HOUR, timing, new Map(), limits)).toMatchObject({
      asked: [{ guid: 'b' }],
      complete: false,
      next: NOW - 2 * MINUTE,
    });
  });

  test('so many in a run: the oldest, and the rest is left for the next', async () => {
    const limits = { pages: 1, perRun: 2, window: MINUTE, attempts: 5, alerts: HOUR };
    on('GET', LIST, 200, [
      attempt('c', 10 * MINUTE),
      attempt('b', 20 * MINUTE),
      attempt('a', 30 * MINUTE),
    ]);
    onAsk(997);
    onAsk(998);
    const { asked, left, next } = await redeliverFailed(app, 0, timing, new Map(), limits);
    expect(asked.map(({ guid }) => guid)).toEqual(['a', 'b']);
    expect({ left, next }).toEqual({ left: 1, next: NOW - 30 * MINUTE });
  });

  test('nothing older than GitHub keeps is looked for', async () => {
    on('GET', LIST, 200, [attempt('a', 2 * DAY, ok), attempt('b', 4 * DAY)]);
    expect(await redeliverFailed(app, 0, timing)).toMatchObject({ asked: [], complete: true });
  });
});

describe('when GitHub does not answer as wished', () => {
  const failed = () => on('GET', LIST, 200, [attempt('b', 20 * MINUTE), attempt('a', 30 * MINUTE)]);

  test('one that GitHub refuses is given up, the others are asked for', async () => {
    failed();
    onAsk(998, 404, { message: 'Not Found' });
    onAsk(999);
    expect(await run()).toMatchObject({ asked: [{ guid: 'b' }], givenUp: [{ guid: 'a' }] });
  });

  test('reality 20: a limit ends the run, and the rest is left', async () => {
    failed();
    const message = 'You have exceeded a secondary rate limit.';
    on('POST', '/app/hook/deliveries/998/attempts', 403, { message }, { 'retry-after': '60' });
    expect(await run()).toMatchObject({ asked: [], left: 2, next: NOW - 30 * MINUTE });
  });

  test('reality 5: an answer that got lost counts as asked, and is not sent again', async () => {
    failed();
    onAsk(998, 502);
    onAsk(999);
    expect(await run()).toMatchObject({ asked: [{ guid: 'a' }, { guid: 'b' }] });
  });

  test('a list that cannot be read is a typed error, after three tries when GitHub is down', async () => {
    for (let tries = 0; tries < 3; tries += 1) on('GET', LIST, 503, {});
    await expect(run()).rejects.toBeInstanceOf(GitHubDown);
    on('GET', LIST, 401, { message: 'A JSON web token could not be decoded' });
    await expect(run()).rejects.toBeInstanceOf(NotInstalled);
  });
});
