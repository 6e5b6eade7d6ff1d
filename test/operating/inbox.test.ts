import { afterAll, expect, test } from 'vitest';
import { openServer } from '../../fixtures/http/open-server.ts';
import { alert, useReception } from '../receive/support.ts';
import { inbox, type InboxTask } from '../../src/cli/inbox.ts';
import { CommandFailed } from '../../src/cli/exit-codes.ts';
import type { Alert } from '../../src/alerts/alert.ts';
import { itemOf } from '../../src/inbox/work.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open-database.ts';

const TOKEN = 'the-token-of-those-who-operate-it';
const pages: Record<string, unknown>[] = [];
let trouble = 0;
/** Takes calls for people. The first one meets it in trouble. */
const receiver = await openServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    trouble += 1;
    if (trouble > 1) pages.push(JSON.parse(body) as Record<string, unknown>);
    response.writeHead(trouble > 1 ? 204 : 503).end();
  });
});
const settings = { adminToken: TOKEN, pageUrl: `${receiver.url}/secret-path` };
afterAll(() => receiver.close());

let database: Database;
const reception = useReception({
  settings,
  openDatabase: async (folder) => (database = await openDatabase({ folder })),
});

/** What `lastgood inbox` says: what it asks is whatever process has the inbox. */
async function run(task: InboxTask, token = TOKEN) {
  const { stage } = reception;
  const out: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    error: () => undefined,
    now: reception.time.clock(),
  };
  const exit = await inbox(task, {}, terminal, {
    APP_ID: String(stage.sample.app.id),
    PRIVATE_KEY: stage.sample.app.privateKey,
    WEBHOOK_SECRET: stage.webhookSecret,
    LASTGOOD_DATA: stage.folder,
    LASTGOOD_ADMIN_TOKEN: token,
    PORT: new URL(stage.serving.url).port,
  }).catch((error: unknown) => {
    if (error instanceof CommandFailed) return error.message;
    throw error;
  });
  return { exit, out: out.join('\n') };
}

/** Something of a kind that this program does not know, for the sample repository: it is given up at once. */
async function giveUp(key: string, more: Readonly<Record<string, string>> = {}): Promise<number> {
  const { serving, sample } = reception.stage;
  const lane = String(sample.repository.id);
  await serving.store.accept([{ lane, kind: 'riddle', key, payload: { key, ...more } }]);
  await serving.idle();
  const [letter] = await serving.store.deadLetters.list();
  if (letter?.key !== key) throw new Error(`${key} was not given up.`);
  return letter.id;
}

const paged = () => reception.stage.journal.filter(({ kind }) => kind === 'paged');

test('an empty inbox', async () => {
  expect(await run({ do: 'list' })).toEqual({
    exit: 0,
    out: 'Nothing waits, and nothing was given up.',
  });
});

test('what is given up calls a person, once, until the call arrives', async () => {
  const id = await giveUp('one');
  await expect.poll(paged, { timeout: 20_000 }).toHaveLength(1);
  const { sentence } = paged()[0] ?? {};
  expect(sentence).toBe(
    `Item ${id} (riddle) of the inbox was given up after one try: This program knows no work of the kind "riddle" in this form. Look at it with \`lastgood inbox show ${id}\`, then replay it, or drop it with a reason.`,
  );
  await expect
    .poll(
      () => {
        reception.time.advance(60_000);
        return pages;
      },
      { timeout: 20_000 },
    )
    .toMatchObject([
      { source: 'lastgood', repository: 'acme/ml-manifests', severity: 'high', sentence },
    ]);
  await reception.stage.quiet();
  expect(pages).toHaveLength(1);
  const metrics = await (await fetch(`${reception.stage.serving.url}/metrics`)).text();
  expect(metrics).toContain('lastgood_pages_total{severity="high"} 1\n');
  expect(reception.lines.join('')).not.toContain('secret-path');
});

test('it is listed and shown; replayed it is tried again; dropped it is gone', async () => {
  const id = await giveUp('two');
  const lane = reception.stage.sample.repository.id;
  const list = await run({ do: 'list' });
  expect(list.out).toContain(`${lane}  0        0      2`);
  expect(list.out).toMatch(
    new RegExp(`\\n${id} +${lane} +dead +riddle .*knows no work of the kind`),
  );
  const shown = await run({ do: 'show', id });
  expect(shown.out).toContain(`Item ${id} of the lane ${lane}: riddle, dead, one try.\n`);
  expect(shown.out).toContain('\n\n{\n  "key": "two"\n}');
  expect(await run({ do: 'replay', id })).toEqual({
    exit: 0,
    out: `Item ${id} waits in its lane again.`,
  });
  await reception.stage.serving.idle();
  expect(await run({ do: 'replay-all' })).toEqual({
    exit: 0,
    out: '2 items are in their lanes again.',
  });
  await reception.stage.serving.idle();
  expect((await run({ do: 'drop', id, reason: 'nobody can read it' })).exit).toBe(0);
  expect((await run({ do: 'show', id })).exit).toBe(
    `The inbox holds no item ${id}: it was handled, dropped, or never there. \`lastgood inbox\` lists what there is.`,
  );
  expect((await run({ do: 'drop', id, reason: 'again' })).exit).toMatch(/holds no item/);
  const dropped = reception.lines.filter((line) => line.includes('"msg":"item dropped"'));
  expect(dropped).toHaveLength(1);
  expect(dropped[0]).toContain('"reason":"nobody can read it"');
});

test('the log says which incident it was about', async () => {
  const branch = `lastgood/production/ranker/${'a'.repeat(40)}`;
  const id = await giveUp('three', { branch });
  expect((await run({ do: 'drop', id, reason: 'it is over' })).exit).toBe(0);
  const line = reception.lines.find((one) => one.includes('it is over'));
  expect(JSON.parse(line ?? '')).toMatchObject({ msg: 'item dropped', incident: branch });
});

test('an alert that was done and is replayed is not done again', async () => {
  const { stage } = reception;
  const first = await reception.after(() => reception.post('/alerts/generic', alert()));
  const done = first.find((entry) => entry.kind === 'decided');
  expect(done).toMatchObject({ kind: 'decided', decision: { act: 'merge' } });
  expect(stage.sample.repository.pulls()).toHaveLength(1);
  // As if the process had died each time, after it had done everything and before it could say so.
  const { kind, payload } = itemOf(
    { kind: 'alert', alert: done?.alert as Alert, repository: 'acme/ml-manifests' },
    '',
  );
  await database.query(
    `insert into lastgood.item (lane, kind, priority, payload, size, state, arrived_at, settled_at, tries, error)
     values ($1, $2, 40, $3, 0, 'dead', $4, $4, 9, 'handed out in vain')`,
    [String(stage.sample.repository.id), kind, JSON.stringify(payload), reception.time.clock()],
  );
  const entries = await reception.after(async () => {
    expect((await run({ do: 'replay-all' })).exit).toBe(0);
  });
  const kinds = entries.map((entry) => entry.kind).filter((one) => one !== 'paged');
  expect(kinds).toEqual(['decided']);
  expect(stage.sample.repository.pulls()).toHaveLength(1);
});

test('only those with the token look into it', async () => {
  const { exit } = await run({ do: 'list' }, 'another-token-that-is-long-enough');
  expect(exit).toBe(
    'The process answered 401. Not authorised. It needs the bearer token that LASTGOOD_ADMIN_TOKEN says.',
  );
  const { url } = reception.stage.serving;
  for (const path of ['/admin/inbox', '/admin/inbox/1', '/admin/inbox/x', '/admin/inbox/replay']) {
    expect((await fetch(`${url}${path}`)).status).toBe(401);
  }
});

test.each([
  ['GET', '', 200],
  ['POST', '', 405],
  ['GET', '/', 404],
  ['GET', '/1e3', 404],
  ['GET', '/999999999999999', 404],
  ['GET', '/9999999999999999', 404],
  ['GET', '/replay', 405],
  ['POST', '/drop', 404],
  ['POST', '/999999/replay', 404],
  ['POST', '/1/drop', 400],
  ['DELETE', '/1', 405],
])('%s /admin/inbox%s: %i', async (method, path, status) => {
  const response = await fetch(`${reception.stage.serving.url}/admin/inbox${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(response.status).toBe(status);
});
