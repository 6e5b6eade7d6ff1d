import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openServer, type OpenServer } from '../../fixtures/http/open-server.ts';
import { startTestHub, type TestHub } from '../../fixtures/hub/test-hub.ts';
import { HOUR, MINUTE } from '../time.ts';
import { redeliverFailed } from './deliveries.ts';

let t: TestHub;
let server: OpenServer;
let app: Octokit;
let status: number;
let arrived: string[];

beforeEach(async () => {
  t = await startTestHub();
  status = 202;
  arrived = [];
  server = await openServer((request, response) => {
    request.resume();
    if (status === 202) arrived.push(String(request.headers['x-github-delivery']));
    response.writeHead(status).end();
  });
  // One that writes checks gets two deliveries a push.
  t.app.permissions({ contents: 'read' });
  t.app.webhook(`${server.url}/`, 'secret');
  app = new Octokit({
    baseUrl: t.hub.url,
    authStrategy: createAppAuth,
    auth: { appId: t.app.id, privateKey: t.app.privateKey },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
});
afterEach(() => server.close());

const run = async (since: number, asked?: Map<string, number>) => {
  const answer = await redeliverFailed(
    app,
    since,
    { clock: () => t.time.now, wait: () => Promise.resolve() },
    asked,
  );
  await t.hub.settled();
  return answer;
};

test('reality 17: what was lost or refused arrives in the end, once each and under its own GUID', async () => {
  const since = t.time.now;
  t.hub.faults.deliveries('lose', { times: 1 });
  await t.repository.commit({ by: 'alice', message: 'Lost', files: { 'x.txt': '1' } });
  await t.repository.commit({ by: 'alice', message: 'Heard', files: { 'x.txt': '2' } });
  await t.hub.settled();
  status = 503;
  await t.repository.commit({ by: 'alice', message: 'Refused', files: { 'x.txt': '3' } });
  await t.hub.settled();
  const guids = t.hub.deliveries.map(({ guid }) => guid);

  t.time.now += 5 * MINUTE;
  const first = await run(since);
  expect(first.asked.map(({ guid }) => guid)).toEqual([guids[0], guids[2]]);
  status = 202;
  // In vain so far, and too soon to ask again.
  expect(await run(first.next)).toMatchObject({ asked: [], left: 2 });

  t.time.now += 11 * MINUTE;
  expect(await run(first.next)).toMatchObject({ asked: first.asked, left: 0 });
  expect(arrived).toEqual([guids[1], guids[0], guids[2]]);
  t.time.now += HOUR;
  expect(await run(first.next)).toMatchObject({ asked: [], left: 0, next: t.time.now });
});

test('a long list is read by cursor, page by page', async () => {
  const since = t.time.now;
  t.hub.faults.deliveries('lose', { times: 1 });
  const commits = Array.from({ length: 130 }, (_, at) => ({
    by: 'alice',
    branch: `branch-${at}`,
    message: 'Work',
    files: { 'x.txt': String(at) },
  }));
  await t.repository.commits(commits);
  await t.hub.settled();
  const from = t.hub.calls.length;
  expect(await run(since)).toMatchObject({ asked: [{ event: 'push' }], complete: true });
  // The hub's clock is another one than the App's, so each first key is refused.
  const taken = t.hub.calls.slice(from).filter(({ status }) => status !== 401);
  // One delivery more by now: the one that was asked for.
  const pages = Math.ceil((t.hub.deliveries.length - 1) / 100);
  expect(pages).toBeGreaterThan(1);
  expect(taken.map(({ method }) => method)).toEqual([...Array<string>(pages).fill('GET'), 'POST']);
  expect(arrived).toContain(t.hub.deliveries[0]?.guid);
});
