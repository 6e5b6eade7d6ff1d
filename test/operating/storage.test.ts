import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import { createManualTime } from '../../fixtures/manual-time.ts';
import { startStage, type Stage } from '../../fixtures/stage.ts';
import { createLog } from '../../src/log.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { FullDiskFiles } from '../../src/store/testing/full-disk.fixture.ts';
import {
  POSTGRES_MISSING,
  startPostgres,
  type PostgresServer,
} from '../../src/store/testing/postgres-server.fixture.ts';
import { alert, NIGHT, refuseAny, sample, sign, watchPushed } from '../receive/support.ts';

let stage: Stage | undefined;
let lines: string[] = [];
afterEach(async () => {
  const violations = stage?.hub.violations ?? [];
  await stage?.stop();
  stage = undefined;
  refuseAny(violations);
});

async function stageOn(open: (folder: string) => Promise<Database>): Promise<Stage> {
  lines = [];
  stage = await startStage({
    time: createManualTime(NIGHT),
    contract: createContract(),
    openDatabase: open,
    log: createLog({ level: 'info', secrets: [], write: (line) => lines.push(line) }),
  });
  return stage;
}

/** What the address answers: status, Retry-After, the first line. */
async function get(path: string): Promise<string> {
  const response = await fetch(`${here().serving.url}${path}`);
  return `${response.status} ${(await response.text()).split('\n')[0]}`;
}

function here(): Stage {
  if (!stage) throw new Error('The stage is not there yet.');
  return stage;
}

async function hook(event: string, payload: unknown) {
  const body = JSON.stringify(payload);
  const response = await fetch(`${here().serving.url}${WEBHOOK_PATH}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': 'd-1',
      'x-hub-signature-256': sign(here().webhookSecret, body),
    },
  });
  const { status, headers } = response;
  return { status, retryAfter: headers.get('retry-after'), text: (await response.text()).trim() };
}

function push(branch = 'main') {
  const { id, full_name } = here().sample.repository.json() as Record<string, unknown>;
  return { ref: `refs/heads/${branch}`, repository: { id, full_name, default_branch: branch } };
}

async function sendAlert() {
  const response = await fetch(`${here().serving.url}/alerts/generic`, {
    method: 'POST',
    headers: { authorization: `Bearer ${here().token}`, 'content-type': 'application/json' },
    body: JSON.stringify(alert()),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}

async function sendSample() {
  const response = await fetch(`${here().serving.url}/metrics/samples`, {
    method: 'POST',
    headers: { authorization: `Bearer ${here().token}`, 'content-type': 'application/json' },
    body: JSON.stringify(sample()),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}

const messages = (): string[] =>
  lines.map((line) => (JSON.parse(line) as { readonly msg: string }).msg);

/** Breaks the database, sees everybody sent away, mends it, and counts the merges that the alert led to. */
async function goThrough(fail: () => unknown, mend: () => unknown): Promise<number> {
  const running = here();
  expect(await get('/readyz')).toBe('200 Serving.');
  await watchPushed(running.sample.repository);
  await running.quiet();
  const before = running.journal.length;
  expect(await sendSample()).toEqual({ status: 202, retryAfter: null });
  await running.quiet();
  await fail();
  expect(await sendAlert()).toEqual({ status: 503, retryAfter: '5' });
  expect(await sendSample()).toEqual({ status: 503, retryAfter: '5' });
  expect(await hook('push', push())).toEqual({
    status: 503,
    retryAfter: '5',
    text: 'The delivery could not be stored, and nothing of it was taken. Deliver it again.',
  });
  expect(await get('/readyz')).toMatch(/^503 Not serving: the database cannot store/);
  expect(await get('/healthz')).toBe('200 Alive.');
  const metrics = await (await fetch(`${running.serving.url}/metrics`)).text();
  expect(metrics).toMatch(/^lastgood_database_up 0$/m);
  expect(running.journal.slice(before)).toEqual([]);
  // Each is told once.
  const told = messages().filter((msg) => msg.endsWith(' not stored'));
  expect(told).toEqual(['alerts not stored', 'samples not stored', 'webhook not stored']);
  expect(messages().filter((msg) => msg === 'database gone')).toHaveLength(1);

  await mend();
  expect(await sendAlert()).toEqual({ status: 202, retryAfter: null });
  expect(await sendSample()).toEqual({ status: 202, retryAfter: null });
  expect((await hook('push', push())).status).toBe(202);
  await running.quiet();
  expect(await get('/readyz')).toBe('200 Serving.');
  expect(messages()).toContain('database back');
  return running.journal.filter(({ kind }) => kind === 'merged').length;
}

test('the disk is full: senders are told to come again, and nothing is half taken', async () => {
  const disk = { full: false };
  const makeFiles = (path: string) => new FullDiskFiles(path, disk);
  await stageOn((folder) => openDatabase({ folder, reserve: 0, restartAfter: 500, makeFiles }));
  const merges = await goThrough(
    () => (disk.full = true),
    async () => {
      disk.full = false;
      await expect.poll(() => get('/readyz'), { timeout: 20_000 }).toBe('200 Serving.');
    },
  );
  expect(merges).toBe(1);
});

describe.skipIf(POSTGRES_MISSING)('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  test('is gone: senders are told to come again, and nothing is half taken', async () => {
    const url = await server.freshUrl();
    await stageOn(() => openDatabase({ url }));
    const merges = await goThrough(
      () => server.kill(),
      () => server.start(),
    );
    expect(merges).toBe(1);
  });
});

test('what can never be stored is told so, and is nothing to send again', async () => {
  await stageOn((folder) => openDatabase({ folder, reserve: 0 }));
  const answer = await hook('push', push('x'.repeat(1_100_000)));
  expect(answer).toEqual({
    status: 422,
    retryAfter: null,
    text: 'None of the delivery was taken, and sending it again as it is will not help. The payload of an item (push) has 1100031 bytes as JSON; at most 1048576 are stored.',
  });
  expect(await get('/readyz')).toBe('200 Serving.');
});
