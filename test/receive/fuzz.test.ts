import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import { SAMPLES_PATH } from '../../src/samples/http-receiver.ts';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import {
  alert,
  captured,
  MANY_TOKEN,
  OTHER_TOKEN,
  sample,
  SECRET,
  sign,
  useReception,
  watchPushed,
} from './support.ts';

const reception = useReception({ limits: { head: 2_000, body: 500 } });

const REQUESTS = 2_000;
/** So many at a time: one after another would be no strain. */
const AT_ONCE = 16;

const REAL: readonly unknown[] = [
  captured('alertmanager-firing'),
  { samples: [sample(), sample({ value: 'NaN' }), sample({ series: 'unknown' })] },
  sample(),
  captured('alertmanager-resolved', {}, { severity: 'low' }),
  alert(),
  [alert(), alert({ status: 'resolved' })],
  {
    specversion: '1.0',
    type: 'dev.lastgood.alert.firing',
    source: 's',
    id: '1',
    data: alert({ status: undefined }),
  },
  {
    action: 'lastgood-alert',
    client_payload: alert(),
    repository: { id: 1, full_name: 'acme/ml-manifests', owner: { login: 'acme' }, name: 'x' },
    installation: { id: 1 },
    pull_request: { number: 1, head: { ref: 'lastgood/production/product-ranker/x' } },
    ref: 'refs/heads/main',
    check_suite: { head_sha: 'x' },
  },
  JSON.parse(
    readFileSync(
      new URL('../../fixtures/payloads/alertmanager-firing.json', import.meta.url),
      'utf8',
    ),
  ),
];

/** Values that have broken parsers before. */
const ODD = fc.constantFrom<unknown>(
  null,
  '',
  0,
  -0,
  1e308,
  -1,
  true,
  [],
  {},
  [[[[[[[[]]]]]]]],
  '\u0000',
  '\r\nx: y',
  '\u202E',
  '../../../etc/passwd',
  '$(reboot)',
  '{{constructor}}',
  "'; DROP TABLE alerts; --",
  '%00%0a',
  '__proto__',
  'constructor',
  'a'.repeat(70_000),
  '💣'.repeat(500),
  '\uD800',
  '0001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  'javascript:alert(1)',
  { __proto__: null, toString: 1 },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
);

type Step = {
  readonly depth: number;
  readonly pick: number;
  readonly value: unknown;
  readonly how: number;
};
const STEPS = fc.array(
  fc.record({ depth: fc.nat(6), pick: fc.nat(), value: ODD, how: fc.nat(3) }),
  { maxLength: 4 },
);

/** Puts something odd into some part of a body, takes the part out, or doubles it. */
function mutate(body: unknown, { depth, pick, value, how }: Step): unknown {
  if (typeof body !== 'object' || body === null || depth === 0) return how === 1 ? body : value;
  const keys = Object.keys(body);
  const key = keys[pick % Math.max(1, keys.length)];
  if (key === undefined) return value;
  if (Array.isArray(body)) {
    const index = Number(key);
    if (how === 2) return body.toSpliced(index, 1);
    if (how === 3) return [...(body as unknown[]), ...(body as unknown[])];
    return body.with(index, mutate(body[index], { depth: depth - 1, pick, value, how }));
  }
  const { [key]: part, ...rest } = body as Record<string, unknown>;
  if (how === 2) return rest;
  if (how === 3) return { ...rest, [`${key} `]: part, [key]: value };
  return { ...rest, [key]: mutate(part, { depth: depth - 1, pick: pick >> 3, value, how }) };
}

/** What is done to the bytes after the body was made. */
const BYTES = fc.oneof(
  { weight: 12, arbitrary: fc.constant((body: Buffer) => body) },
  fc.nat().map((at) => (body: Buffer) => body.subarray(0, at % (body.length + 1))),
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => (body: Buffer) => {
    const changed = Buffer.from(body);
    if (changed.length > 0) changed[at % changed.length] = byte;
    return changed;
  }),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => () => Buffer.from(bytes)),
);

const TYPE = fc.oneof(
  { weight: 4, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
    'application/json; charset="utf-8"',
    'application/json; charset=latin1',
    'text/plain',
    '',
    ';;;',
    'multipart/form-data; boundary=x',
  ),
);

const CREDENTIALS = fc.constantFrom(
  'mine',
  'mine',
  'mine',
  'hmac',
  'other',
  'many',
  'wrong',
  'none',
  'github',
);
const PATH = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      '/alerts/alertmanager',
      '/alerts/generic',
      SAMPLES_PATH,
      WEBHOOK_PATH,
    ),
  },
  fc.constantFrom(
    '/healthz',
    '/',
    '/alerts',
    '/alerts/generic?x=%',
    '//',
    '/%ff',
    '/alerts/../healthz',
    '/metrics',
    '/metrics/samples/',
  ),
  fc.webPath(),
);
const METHOD = fc.oneof(
  { weight: 12, arbitrary: fc.constant('POST') },
  fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE'),
);
/** Headers whose names and values node lets out. */
const HEADERS = fc.dictionary(
  fc.constantFrom(
    'ce-id',
    'ce-type',
    'ce-specversion',
    'ce-source',
    'ce-time',
    'ce-x',
    'accept',
    'x-github-event',
    'content-encoding',
    'x-lastgood-timestamp',
    'expect',
    'range',
    'forwarded',
  ),
  fc.oneof(
    fc.constantFrom(
      '',
      '1',
      '1.0',
      'application/json',
      'dev.lastgood.alert.firing',
      'push',
      'pull_request',
      '%E0%A4',
      '%00',
      'gzip',
      '9'.repeat(400),
    ),
    fc.stringMatching(/^[\x21-\x7e]{0,30}$/),
  ),
  { maxKeys: 4 },
);

const REQUEST = fc.record({
  body: fc.constantFrom(...REAL),
  steps: STEPS,
  bytes: BYTES,
  type: TYPE,
  credentials: CREDENTIALS,
  path: PATH,
  method: METHOD,
  headers: HEADERS,
  chunked: fc.boolean(),
});
type Hostile = typeof REQUEST extends fc.Arbitrary<infer T> ? T : never;

function credentialsOf(kind: string, body: Buffer): Record<string, string> {
  switch (kind) {
    case 'mine':
      return { authorization: `Bearer ${reception.stage.token}` };
    case 'many':
      return { authorization: `Bearer ${MANY_TOKEN}` };
    case 'other':
      return { authorization: `Bearer ${OTHER_TOKEN}` };
    case 'hmac':
      return { 'x-lastgood-signature-256': sign(SECRET, body) };
    case 'github':
      return {};
    case 'wrong':
      return { authorization: 'Bearer nobody-has-this-token' };
    default:
      return {};
  }
}

const EVENTS = ['push', 'pull_request', 'status', 'repository_dispatch', 'installation'];

/** Sends one hostile request; answers the status, or 0 when the connection ended without an answer. */
function send(hostile: Hostile, index: number): Promise<number> {
  const { body, steps, bytes, type, credentials, path, method, headers, chunked } = hostile;
  const mutated = steps.reduce(mutate, body);
  const made = bytes(Buffer.from(JSON.stringify(mutated) ?? ''));
  // Signed deliveries are mutated before they are signed, so that what is behind the signature is tried as well.
  const signed = credentials === 'wrong' ? Buffer.from('x') : made;
  const all = {
    'x-github-event': EVENTS[index % EVENTS.length] ?? 'push',
    'x-github-delivery': `fuzz-${index}`,
    'x-hub-signature-256': sign(reception.stage.webhookSecret, signed),
    'content-type': type,
    ...headers,
    ...credentialsOf(credentials, made),
    ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(made.length) }),
  };
  return new Promise((resolve) => {
    const url = new URL(reception.stage.serving.url);
    const request = httpRequest({ host: url.hostname, port: url.port, path, method, headers: all });
    request.on('error', () => resolve(0));
    request.on('response', (response) => {
      response.resume().on('close', () => resolve(response.statusCode ?? 0));
    });
    request.end(made);
  });
}

/** The seed is fixed so that a run is repeated by running again; set FUZZ_SEED to try others. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261120);

test(`${REQUESTS} hostile requests (seed ${SEED}) are all answered, none by a failure`, async () => {
  await reception.after(() => watchPushed(reception.stage.sample.repository));
  const from = reception.lines.length;
  let samples = 0;
  const hostile = fc.sample(REQUEST, { numRuns: REQUESTS, seed: SEED });
  const statuses = new Map<number, number>();
  const failures: string[] = [];
  for (let start = 0; start < hostile.length; start += AT_ONCE) {
    const some = hostile.slice(start, start + AT_ONCE);
    const answers = await Promise.all(some.map((one, index) => send(one, start + index)));
    for (const [index, status] of answers.entries()) {
      if (some[index]?.path === SAMPLES_PATH && status === 202) samples += 1;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500 || status === 0) {
        failures.push(`${start + index}: ${status} ${JSON.stringify(some[index]).slice(0, 2_000)}`);
      }
    }
  }
  await reception.stage.quiet();
  expect(failures).toEqual([]);
  // It was no empty exercise: every kind of answer was given, and much was taken.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([202, 400, 401, 404, 405, 415]));
  expect(statuses.get(202)).toBeGreaterThan(REQUESTS / 40);
  expect(samples).toBeGreaterThan(5);
  expect(Object.prototype).not.toHaveProperty('polluted');
  const failed = /"msg":"(?:request failed|webhook not stored|(?:alerts|samples) not stored)"/;
  expect(reception.lines.slice(from).filter((line) => failed.test(line))).toEqual([]);
});

test('after all that, Lastgood is well', async () => {
  await reception.isWell();
  expect(reception.stage.journal.filter(({ kind }) => kind === 'failed')).toEqual([]);
});
