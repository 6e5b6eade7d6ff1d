import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import { startHub, type Hub } from '../../fixtures/hub/hub.ts';
import { buildSample, type Sample } from '../../fixtures/hub/sample.ts';
import { alert, refuseAny } from './support.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const TOKEN = 'the-token-of-a-real-process';
const SECRET = 'the-webhook-secret-of-a-real-process';
/** Makes a promise that nobody handles, once the process is told to by a signal. */
const CLUMSY = `data:text/javascript,process.on('SIGUSR2',()=>void Promise.reject(new Error('clumsy ${SECRET}')))`;

let hub: Hub;
let sample: Sample;
let folder: string;
const running: Lastgood[] = [];

beforeAll(async () => {
  hub = await startHub({ contract: createContract() });
  sample = await buildSample(hub);
  folder = await mkdtemp(join(tmpdir(), 'lastgood-process-'));
  const sources = `- { name: am, token: ${TOKEN}, repositories: [acme/ml-manifests] }\n`;
  await writeFile(join(folder, 'sources.yaml'), sources);
});
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  const { violations } = hub;
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
  refuseAny(violations);
});

interface Line {
  readonly msg: string;
  readonly level: number;
  readonly [fact: string]: unknown;
}

/** Lastgood as a process of its own. */
interface Lastgood {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly lines: readonly Line[];
  /** The first line of the log with that message, written already or still to come. */
  line(msg: string): Promise<Line>;
  /** Exit code, or the signal that ended it, and what it wrote to standard error. */
  readonly ended: Promise<{ readonly exit: number | string | null; readonly errors: string }>;
}

function start(env: Readonly<Record<string, string>> = {}): Lastgood {
  const child = spawn(process.execPath, [`--import=${CLUMSY}`, MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      APP_ID: String(sample.app.id),
      PRIVATE_KEY: sample.app.privateKey,
      WEBHOOK_SECRET: SECRET,
      GITHUB_API_URL: hub.url,
      LASTGOOD_DATA: join(folder, 'data'),
      LASTGOOD_SOURCES_FILE: join(folder, 'sources.yaml'),
      PORT: '0',
      ...env,
    },
  });
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Line);
    for (const look of waiting) look();
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({
    exit: (code ?? signal) as number | string | null,
    errors,
  }));
  const line = (msg: string): Promise<Line> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = lines.find((one) => one.msg === msg);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended without "${msg}": ${errors}`)));
    });
  const started = { child, lines, line, ended };
  running.push(started);
  return started;
}

test('SIGTERM: what was taken is brought to its end, and the process ends by itself', async () => {
  const lastgood = start();
  const url = String((await lastgood.line('serving'))['url']);
  const health = await fetch(`${url}/healthz`);
  expect(health.status).toBe(200);
  const answer = await fetch(`${url}/alerts/generic`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(alert({ startsAt: new Date(Date.now() - 420_000).toISOString() })),
  });
  expect(answer.status).toBe(202);
  lastgood.child.kill('SIGTERM');
  expect(await lastgood.ended).toEqual({ exit: 0, errors: '' });
  const messages = lastgood.lines.map(({ msg }) => msg);
  expect(messages.indexOf('merged')).toBeGreaterThan(0);
  expect(messages.at(-1)).toBe('stopped');
  expect(sample.repository.pulls()).toMatchObject([
    { state: 'closed', mergeCommit: expect.any(String) as string },
  ]);
});

test('what is not as it should be is told once at the start', async () => {
  const lastgood = start();
  const done = await lastgood.line('doctor done');
  const told = lastgood.lines.filter(({ msg }) => msg === 'doctor');
  expect(told).toHaveLength(Number(done['found']));
  expect(told).toContainEqual(
    expect.objectContaining({
      level: 40,
      check: 'approval-path',
      finding: 'warning',
      about: 'acme/ml-manifests',
      fix: expect.stringContaining('Add') as string,
    }),
  );
  const checks = told.map(({ check }) => check);
  expect(checks).not.toContain('mirror');
  expect(checks).not.toContain('database');
  const messages = lastgood.lines.map(({ msg }) => msg);
  expect(messages.indexOf('serving')).toBeLessThan(messages.indexOf('doctor'));
});

test('SIGTERM while GitHub keeps the start waiting: it ends at once', async () => {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<undefined>();
  const stop = hub.onCall((phase, { path }) => {
    if (phase !== 'before' || path !== '/app/installations') return undefined;
    asked.resolve();
    return answered.promise;
  });
  const lastgood = start();
  await asked.promise;
  lastgood.child.kill('SIGTERM');
  expect(await lastgood.ended).toEqual({ exit: 0, errors: '' });
  expect(lastgood.lines.map(({ msg }) => msg)).toEqual(['stopping', 'stopped']);
  stop();
  answered.resolve(undefined);
});

test('a second signal ends it at once', async () => {
  const lastgood = start();
  const url = new URL(String((await lastgood.line('serving'))['url']));
  // A sender that is never done keeps the first signal waiting.
  const socket = connect(Number(url.port), url.hostname);
  socket.on('error', () => undefined).write('POST /alerts/generic HTTP/1.1\r\n');
  await once(socket, 'connect');
  await fetch(new URL('/healthz', url));
  lastgood.child.kill('SIGINT');
  await lastgood.line('stopping');
  lastgood.child.kill('SIGTERM');
  expect((await lastgood.ended).exit).toBe(1);
  expect(lastgood.lines.at(-1)?.msg).toBe('ended before everything was finished');
  socket.destroy();
});

test('a promise that nobody handles is logged without its secret, and ends the process', async () => {
  const lastgood = start();
  await lastgood.line('serving');
  lastgood.child.kill('SIGUSR2');
  expect((await lastgood.ended).exit).toBe(1);
  expect(lastgood.lines.at(-1)).toMatchObject({
    level: 60,
    msg: 'unhandledRejection',
    err: { message: 'clumsy [secret]' },
  });
});

test.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
  ['a missing secret', () => ({ WEBHOOK_SECRET: '' }), /^Lastgood cannot start:\n- WEBHOOK_SECRET/],
  [
    'an App that GitHub does not know',
    () => ({ APP_ID: '999999' }),
    /^GitHub does not take this process for the App \(status 404/,
  ],
  [
    'a port in use',
    () => ({ PORT: new URL(hub.url).port }),
    /^Lastgood cannot listen on 127\.0\.0\.1, port \d+: /,
  ],
])('%s: one sentence, no stack, and it ends', async (_, env, sentence) => {
  const { exit, errors } = await start(env()).ended;
  expect(exit).toBe(1);
  expect(errors).toMatch(sentence);
  expect(errors).not.toContain('    at ');
});
