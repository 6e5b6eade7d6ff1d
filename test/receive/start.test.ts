import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { HubRepository } from '../../fixtures/hub/api/repository.ts';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import type { Hub } from '../../fixtures/hub/hub.ts';
import { SAMPLE_POLICIES } from '../../fixtures/hub/sample/policies.ts';
import { createManualTime } from '../../fixtures/manual-time.ts';
import { startStage, type Stage, type StageOptions } from '../../fixtures/stage.ts';
import { createLog } from '../../src/log.ts';
import { StartError } from '../../src/start-error.ts';
import { MINUTE } from '../../src/time.ts';
import { alert, NIGHT, refuseAny, sign } from './support.ts';

const time = createManualTime(NIGHT);
const stages: Stage[] = [];
const hubs: Hub[] = [];
afterEach(async () => {
  const violations = stages.flatMap(({ hub }) => hub.violations);
  for (const stage of stages.splice(0)) await stage.stop();
  for (const hub of hubs.splice(0)) await hub.stop();
  refuseAny(violations);
});

async function stageWith(options: StageOptions): Promise<Stage> {
  const stage = await startStage({ time, contract: createContract(), lent: true, ...options });
  stages.push(stage);
  return stage;
}

async function health(stage: Stage): Promise<string> {
  const response = await fetch(`${stage.serving.url}/readyz`);
  return `${response.status} ${(await response.text()).trim()}`;
}

test('GitHub is down at the start: nothing is taken until it is back, and then everything', async () => {
  const stage = await stageWith({
    prepare: (hub) =>
      hub.faults.add({ path: /^\/app\/installations$/, times: 6, answer: TROUBLE.unavailable }),
  });
  expect(await health(stage)).toMatch(/^503 Not serving yet/);
  const early = await stage.send('generic', alert());
  expect(early).toEqual({
    status: 503,
    text: 'The alerts could not be stored, and none of them was taken. Send the same delivery again.\n',
  });
  const body = '{}';
  const hook = await fetch(`${stage.serving.url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'ping',
      'x-github-delivery': 'd',
      'x-hub-signature-256': sign(stage.webhookSecret, body),
    },
  });
  // GitHub lists it as failed, so that it can be delivered again (reality 17).
  expect(hook.status).toBe(503);
  expect(hook.headers.get('retry-after')).toBe('5');
  expect(stage.journal).toEqual([]);

  time.advance(MINUTE);
  await stage.quiet();
  expect(await health(stage)).toMatch(/^503/);
  time.advance(MINUTE);
  await stage.quiet();
  expect(await health(stage)).toBe('200 Serving.');
  await stage.send('generic', alert());
  await stage.quiet();
  expect(stage.journal.at(-1)).toMatchObject({ kind: 'merged' });
});

test('GitHub does not list the repositories for long: what was taken waits, and nothing is given up', async () => {
  const stage = await stageWith({
    time,
    prepare: (hub) =>
      hub.faults.add({
        path: /^\/installation\/repositories$/,
        times: Infinity,
        answer: TROUBLE.unavailable,
      }),
  });
  expect(await stage.send('generic', alert())).toMatchObject({ status: 202 });
  await stage.quiet();
  await stage.pass(20 * MINUTE);
  expect(stage.journal).toEqual([]);

  stage.hub.faults.clear();
  await stage.pass(10 * MINUTE);
  expect(stage.journal.map(({ kind }) => kind)).toContain('decided');
  expect(await stage.serving.store.deadLetters.list()).toEqual([]);
});

test.each<[string, (hub: Hub) => void, RegExp]>([
  [
    'a key that is not the App’s',
    (hub) => {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      for (const app of hub.world.apps.values()) Object.assign(app, { publicKey });
    },
    /^GitHub does not take this process for the App \(status 401: A JSON web token could not be decoded.*Compare APP_ID, PRIVATE_KEY/,
  ],
  [
    'an App that GitHub does not know',
    (hub) => hub.world.apps.clear(),
    /^GitHub does not take this process for the App \(status 404: Integration not found/,
  ],
])('%s: it does not start, and says what to mend', async (_, spoil, sentence) => {
  const starting = startStage({
    time,
    lent: true,
    prepare: (hub) => {
      hubs.push(hub);
      spoil(hub);
    },
  });
  const error = await starting.catch((failed: unknown) => failed);
  expect(error).toBeInstanceOf(StartError);
  expect((error as Error).message).toMatch(sentence);
});

test('a port that is in use: it does not start, and says what to mend', async () => {
  const stage = await stageWith({});
  const port = Number(new URL(stage.serving.url).port);
  const error = await startStage({
    time,
    port,
    lent: true,
    prepare: (hub) => void hubs.push(hub),
  }).catch((failed: unknown) => failed);
  expect(error).toBeInstanceOf(StartError);
  expect((error as Error).message).toMatch(
    /^Lastgood cannot listen on 127\.0\.0\.1, port \d+: .*EADDRINUSE.*Give another/,
  );
});

test('a repository without a commit is told of, keeps no other from being served, and is read once it has one', async () => {
  let empty: HubRepository | undefined;
  const stage = await stageWith({
    prepare: async (hub, sample) => {
      empty = await hub.repository('acme/empty');
      sample.app.install([empty]);
    },
  });
  expect(stage.journal).toMatchObject([{ kind: 'failed', repository: 'acme/empty' }]);
  expect(stage.journal[0]?.sentence).toMatchInlineSnapshot(
    `"Reading the repository did not work. The remote has no branch "main" and no other default branch. Push a first commit, or correct the name. Lastgood tries again in 5s."`,
  );
  await stage.send('generic', alert());
  await stage.quiet();
  expect(stage.journal.at(-1)).toMatchObject({ kind: 'merged', repository: 'acme/ml-manifests' });

  const policy = { '.lastgood/x.yaml': 'nonsense: true\n' };
  await empty?.commits([{ by: 'bob', message: 'Start', files: policy }]);
  await stage.quiet();
  expect(stage.journal.at(-1)).toMatchObject({ kind: 'policy-problem', repository: 'acme/empty' });
});

test('a repository whose git hangs keeps no other from being served', async () => {
  const held = Promise.withResolvers<undefined>();
  const asked = Promise.withResolvers<void>();
  const stage = await stageWith({
    patient: false,
    prepare: async (hub, sample) => {
      const slow = await hub.repository('acme/slow');
      await slow.commits([{ by: 'bob', message: 'Start', files: { ...SAMPLE_POLICIES } }]);
      sample.app.install([slow]);
      hub.onCall((phase, { path }) => {
        if (phase !== 'before' || !path.startsWith('/acme/slow.git')) return undefined;
        asked.resolve();
        return held.promise;
      });
    },
  });
  await asked.promise;
  const merged = new Promise<void>((resolve) => {
    stage.hub.onCall((phase, { path }) => {
      if (phase === 'after' && path.endsWith('/merge')) resolve();
    });
  });
  expect(await health(stage)).toBe('200 Serving.');
  await stage.send('generic', alert());
  await merged;
  held.resolve(undefined);
  await stage.quiet();
  expect(stage.sample.repository.pulls()).toHaveLength(1);
  expect(stage.journal.filter(({ kind }) => kind === 'failed')).toEqual([]);
});

test('an installation that refuses keeps no other from being served', async () => {
  const lists = /^\/installation\/repositories$/;
  const answer = {
    status: 403,
    body: { message: 'the organization has an IP allow list enabled' },
  };
  let other: HubRepository | undefined;
  const stage = await stageWith({
    prepare: async (hub, sample) => {
      other = await hub.repository('globex/models');
      await other.commits([
        { by: 'bob', message: 'Start', files: { '.lastgood/x.yaml': 'x: 1\n' } },
      ]);
      sample.app.install([other]);
      hub.faults.add({ path: lists, skip: 1, answer });
    },
  });
  expect(await health(stage)).toBe('200 Serving.');
  expect(stage.journal).toEqual([]);
  time.advance(MINUTE);
  await stage.quiet();
  expect(stage.journal[0]).toMatchObject({ kind: 'policy-problem', repository: 'globex/models' });
});

test('closing answers what is in flight, finishes it, and takes nothing new', async () => {
  const stage = await stageWith({});
  const { serving } = stage;
  const body = JSON.stringify(alert());
  const port = Number(new URL(serving.url).port);
  const idle = connect(port, '127.0.0.1');
  await once(idle, 'connect');
  const { socket, received } = await begin(stage, body.length);
  const closing = Promise.all([serving.close(), serving.close()]);
  const gone = once(socket, 'close');
  socket.write(body);
  await gone;
  await closing;
  expect(received.join('')).toMatch(/HTTP\/1\.1 202 Accepted\r\n/);
  expect(received.join('')).toMatch(/\r\nconnection: close\r\n/i);
  expect(stage.journal.at(-1)).toMatchObject({ kind: 'merged' });
  await expect(fetch(`${serving.url}/readyz`)).rejects.toThrow('fetch failed');
  idle.destroy();
});

test('closing waits for a sender only so long', async () => {
  const stage = await stageWith({ limits: { grace: 50 } });
  const { socket } = await begin(stage, 100);
  const gone = new Promise((resolve) => socket.once('close', resolve));
  await stage.serving.close();
  await gone;
  expect(stage.journal).toEqual([]);
});

test('closing waits for GitHub only so long, and says what it left behind', async () => {
  const lines: string[] = [];
  const log = createLog({ level: 'warn', secrets: [], write: (line) => lines.push(line) });
  const stage = await stageWith({ limits: { grace: 50 }, drain: 50, log });
  const held = Promise.withResolvers<undefined>();
  const asked = new Promise<void>((resolve) => {
    stage.hub.onCall((phase, { path }) => {
      if (phase !== 'before' || !path.endsWith('/merge')) return undefined;
      resolve();
      return held.promise;
    });
  });
  expect((await stage.send('generic', alert())).status).toBe(202);
  await asked;
  await stage.serving.close();
  expect(
    lines.filter((line) => line.includes('"msg":"not closed in time"')).length,
  ).toBeGreaterThan(0);
  held.resolve(undefined);
});

/** Begins to send an alert: returns when the server has the head and asks for the body. */
async function begin(stage: Stage, length: number) {
  const socket = connect(Number(new URL(stage.serving.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const received: string[] = [];
  socket.setEncoding('utf8').on('data', (text: string) => received.push(text));
  socket.write(
    `POST /alerts/generic HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${stage.token}\r\n` +
      `content-type: application/json\r\ncontent-length: ${length}\r\nexpect: 100-continue\r\n\r\n`,
  );
  await once(socket, 'data');
  return { socket, received };
}
