/**
 * The real process under hostile requests to every path that its router names: nothing is answered by a failure, it
 * does not end, holds no more memory afterwards, and drains. The seed is fixed; set FUZZ_SEED to try others.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom, pick, type Random } from '../../bench/random.ts';
import { copyDatabase } from '../../fixtures/database.ts';
import { mutate, spoil } from '../../fixtures/hostile/mutate.ts';
import { startHub, type Hub } from '../../fixtures/hub/hub.ts';
import { buildSample, type Sample } from '../../fixtures/hub/sample.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';

const TOKEN = 'a-token-of-the-alertmanager';
const SECRET = 'a-secret-of-the-webhooks';
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const HOOK = new URL('../../fixtures/hostile/read-heap.mjs', import.meta.url).href;
const MEBIBYTE = 1_048_576;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261121);
/** So many requests at a time. */
const AT_ONCE = 24;
const REQUESTS = 18_000;

interface Example {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** GitHub's own example of every webhook. */
const EXAMPLES: readonly Example[] = (
  createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
    readonly name: string;
    readonly examples: readonly Example['payload'][];
  }[]
).flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })));

let hub: Hub;
let sample: Sample;
let child: ChildProcess;
let port = 0;
let paths: readonly string[] = [];
let log = '';
let errors = '';
let folder = '';
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lastgood-hostile-'));
  await copyDatabase(join(folder, 'store'));
  hub = await startHub();
  sample = await buildSample(hub);
  const sources = `- { name: alertmanager, token: ${TOKEN}, repositories: [acme/ml-manifests] }\n`;
  await writeFile(join(folder, 'sources.yaml'), sources);
  await writeFile(join(folder, 'key.pem'), sample.app.privateKey);
  child = spawn(process.execPath, ['--expose-gc', '--import', HOOK, MAIN], {
    env: {
      ...process.env,
      APP_ID: String(sample.app.id),
      PRIVATE_KEY_PATH: join(folder, 'key.pem'),
      WEBHOOK_SECRET: SECRET,
      PORT: '0',
      GITHUB_API_URL: hub.url,
      LASTGOOD_DATA: folder,
      LASTGOOD_SOURCES_FILE: join(folder, 'sources.yaml'),
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr?.on('data', (chunk) => (errors += String(chunk)));
  child.stdout?.on('data', (chunk) => (log += String(chunk)));
  const serving = await until(() => /^.*"msg":"serving".*$/m.exec(log)?.[0]);
  const said = JSON.parse(serving) as { readonly url: string; readonly paths: readonly string[] };
  port = Number(new URL(said.url).port);
  ({ paths } = said);
});

afterAll(async () => {
  agent.destroy();
  child.kill('SIGKILL');
  await hub.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** What the process has written, once it has. */
async function until<T>(read: () => T | undefined): Promise<T> {
  for (;;) {
    const found = read();
    if (found !== undefined) return found;
    if (child.exitCode !== null)
      throw new Error(`It ended with ${child.exitCode}:\n${log}${errors}`);
    await Promise.race([
      once(child.stdout ?? child, 'data'),
      once(child.stderr ?? child, 'data'),
      once(child, 'exit'),
    ]);
  }
}

interface Hostile {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends one request; answers the status, or 0 when the connection ended without an answer. */
function send({ method, path, headers, body }: Hostile): Promise<number> {
  return new Promise((resolve) => {
    const all = { 'content-length': String(body.length), ...headers };
    const options = { host: '127.0.0.1', port, method, path, headers: all, agent };
    const request = httpRequest(options, (response) => {
      response.resume().once('close', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', () => resolve(0));
    request.end(body);
  });
}

/** Sends all of them, some at a time; answers how often each status came, and what must not be. */
async function sendAll(make: (index: number) => Hostile, count: number) {
  const statuses = new Map<number, number>();
  const failures: string[] = [];
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const hostile = make(index);
      let status = await send(hostile);
      // A connection that the server closed after its last answer was just being used again.
      if (status === 0) status = await send(hostile);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500 || status === 0) {
        const { method, path, headers, body } = hostile;
        const start = body.toString('latin1').slice(0, 500);
        failures.push(`${index}: ${status} ${method} ${path} ${JSON.stringify(headers)} ${start}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return { statuses, failures };
}

function signed(name: string, body: Buffer, id: string): Hostile {
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-github-event': name,
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${signature}`,
  };
  return { method: 'POST', path: WEBHOOK_PATH, headers, body };
}

/** An example as if it had happened in the sample's repository, so that somebody listens to it. */
function here({ name, payload }: Example): Example {
  const { repository, app } = sample;
  const installation = app.installation()?.id;
  const found = payload['repository'];
  if (typeof found !== 'object' || found === null) return { name, payload };
  const { id, owner, name: short } = repository.state;
  const about = { ...found, id, name: short, full_name: `${owner.login}/${short}` };
  return { name, payload: { ...payload, repository: about, installation: { id: installation } } };
}

/** The memory it holds, in MiB, after collecting what it does not. */
async function heap(): Promise<number> {
  const from = errors.length;
  child.kill('SIGUSR2');
  const bytes = await until(() => /^heap (\d+)$/m.exec(errors.slice(from))?.[1]);
  return Number(bytes) / MEBIBYTE;
}

const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'];
const TYPES = [
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/json; charset=latin1',
  'text/plain',
  '',
  ';;;',
  'multipart/form-data; boundary=x',
];
const MORE: readonly Readonly<Record<string, string>>[] = [
  { 'content-encoding': 'gzip' },
  { accept: 'application/json' },
  { 'ce-id': '1', 'ce-specversion': '1.0', 'ce-type': 'x', 'ce-source': '%E0%A4' },
  { range: 'bytes=0-1', forwarded: 'for="_x"' },
  { 'x-github-event': '__proto__' },
  { 'x-lastgood-timestamp': '9'.repeat(400) },
  { cookie: 'a=b; '.repeat(500) },
];
const SEVERITIES = ['critical', 'low', 'none'];

/** Small: what is deep or long has tests of its own. */
const ALERT = {
  status: 'firing',
  name: 'Drift',
  model: 'product-ranker',
  environment: 'production',
  severity: 'critical',
  version: 'v1',
  startsAt: '2026-11-20T02:10:00Z',
};

function hostileRequest(random: Random, index: number): Hostile {
  const route = pick(paths, random);
  const below = route.endsWith('/') ? `${route}${random.hex(random.below(12))}` : route;
  const path =
    random.below(12) === 0 ? `${below}${pick(['/', '?x=%', '%00', '//..', ';x'], random)}` : below;
  const example = here(pick(EXAMPLES, random));
  const real =
    random.below(4) === 0 ? example.payload : { ...ALERT, severity: pick(SEVERITIES, random) };
  const mutated = random.below(3) === 0 ? real : mutate(real, random);
  const made = Buffer.from(JSON.stringify(mutated) ?? '');
  const body = random.below(3) === 0 ? spoil(made, random) : made;
  const id = `hostile-${index}`;
  const headers = {
    ...signed(example.name, body, id).headers,
    ...(random.below(3) === 0 && { 'content-type': pick(TYPES, random) }),
    ...(random.below(4) === 0 && { 'x-hub-signature-256': 'sha256=0' }),
    ...(random.below(3) > 0 && { authorization: `Bearer ${TOKEN}` }),
    ...(random.below(2) === 0 && pick(MORE, random)),
  };
  const method = random.below(6) === 0 ? pick(METHODS, random) : 'POST';
  return { method, path, headers, body };
}

test("GitHub's example of every webhook is taken or refused", async () => {
  expect(EXAMPLES.length).toBeGreaterThan(300);
  const all = [...EXAMPLES, ...EXAMPLES.map(here)];
  const { statuses, failures } = await sendAll((index) => {
    const { name = '', payload = {} } = all[index] ?? {};
    return signed(name, Buffer.from(JSON.stringify(payload)), `example-${index}`);
  }, all.length);
  expect(failures).toEqual([]);
  expect([...statuses]).toEqual([[202, all.length]]);
});

test(`${REQUESTS} hostile requests to every route (seed ${SEED}): no failure, and no memory kept`, async () => {
  expect(paths).toEqual(expect.arrayContaining([WEBHOOK_PATH, '/alerts/generic', '/healthz']));
  const random = createRandom(SEED);
  const warm = await sendAll((index) => hostileRequest(random, index), REQUESTS / 3);
  const before = await heap();
  const statuses = new Map(warm.statuses);
  const failures = [...warm.failures];
  const held: number[] = [];
  for (const part of [1, 2]) {
    const third = await sendAll(
      (index) => hostileRequest(random, part * REQUESTS + index),
      REQUESTS / 3,
    );
    for (const [status, count] of third.statuses) {
      statuses.set(status, (statuses.get(status) ?? 0) + count);
    }
    failures.push(...third.failures);
    held.push((await heap()) - before);
  }
  expect(failures).toEqual([]);
  // It was no empty exercise.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 202, 400, 401, 404, 405, 415]));
  expect(statuses.get(202)).toBeGreaterThan(REQUESTS / 50);
  // What is remembered of alerts and deliveries is bounded; 12,000 requests of 2 KiB would be 24 MiB.
  expect(Math.max(...held)).toBeLessThan(16);
}, 300_000);

test.each<[string, () => Hostile, readonly number[]]>([
  [
    'a million nested lists',
    () => signed('push', Buffer.from('['.repeat(500_000) + ']'.repeat(500_000)), 'deep-1'),
    [400],
  ],
  [
    'a hundred thousand nested objects',
    () =>
      signed('push', Buffer.from('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)), 'deep-2'),
    [400],
  ],
  [
    'a number of a hundred thousand digits',
    () => signed('push', Buffer.from(`{"a":${'9'.repeat(100_000)}}`), 'deep-3'),
    [400],
  ],
  [
    'a bomb: 50 MiB of nothing, compressed',
    () => {
      const { headers, ...rest } = signed('ping', gzipSync(Buffer.alloc(50 * MEBIBYTE)), 'bomb');
      return { ...rest, headers: { ...headers, 'content-encoding': 'gzip' } };
    },
    // Its signature holds, over the bytes as they came; they are never inflated, and no JSON.
    [400],
  ],
  [
    'a signed ping that says it is compressed and is not',
    () => {
      const { headers, ...rest } = signed('ping', Buffer.from('{}'), 'bomb-2');
      return { ...rest, headers: { ...headers, 'content-encoding': 'gzip' } };
    },
    [202, 400, 415],
  ],
  [
    'every key twice',
    () =>
      signed(
        'push',
        Buffer.from('{"ref":"a","ref":"b","repository":{"id":1},"repository":{"id":2}}'),
        'twice',
      ),
    [202],
  ],
  [
    'keys of every object',
    () =>
      signed(
        'push',
        Buffer.from(
          '{"__proto__":{"ref":"x"},"constructor":{},"ref":"refs/heads/main","repository":{"id":1,"__proto__":{"id":2}}}',
        ),
        'proto',
      ),
    [202],
  ],
])('%s is taken or refused', async (_, hostile, expected) => {
  expect(expected).toContain(await send(hostile()));
});

test('after all that it serves, has given up nothing, and drains', async () => {
  const get = { method: 'GET', path: '/healthz', headers: {}, body: Buffer.alloc(0) };
  expect(await send(get)).toBe(200);
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
  // Level 50 is an error: a turn that failed, a letter that was given up, a rejection that nobody caught. To call people
  // for what an alert leaves to them is none.
  const wrong = log
    .split('\n')
    .filter((line) => /^\{"level":(?:50|60)/.test(line) && !line.endsWith('"msg":"paged"}'));
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(errors.replace(/^heap \d+\n/gm, '')).toBe('');
});
