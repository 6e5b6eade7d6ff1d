import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import { alert, sign, useReception } from './support.ts';

/** Long enough for a whole request on a busy machine, short enough to wait for. */
const SHORT = 250;
/** Long enough for what does come, on a busy machine as well. */
const BODY = 1_000;
const reception = useReception({ limits: { head: SHORT, body: BODY, request: 10 * SHORT } });
const QUIET = JSON.stringify(alert({ severity: 'low' }));
const MIB = 1_048_576;

function head(path: string, said: Readonly<Record<string, string>>, method = 'POST'): string {
  const all = { host: 'lastgood', ...reception.headers, ...said };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function statuses(reply: string): number[] {
  return [...reply.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

const WAYS = ['/alerts/generic', '/alerts/alertmanager', '/metrics/samples'];

test('a body of more than 1 MiB is refused, announced or not', async () => {
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  await Promise.all(
    WAYS.map(async (path) => {
      const [announced, chunked, large] = await Promise.all([
        reception.talk(head(path, { 'content-length': String(MIB + 1) })),
        reception.talk(head(path, { 'transfer-encoding': 'chunked' }) + chunk.repeat(17)),
        reception.post(path, 'x'.repeat(MIB + 65_536)),
      ]);
      expect(statuses(announced)).toEqual([413]);
      expect(statuses(chunked)).toEqual([413]);
      expect([large.status, large.text]).toEqual([413, 'The body is too large.\n']);
    }),
  );
});

test('a body of 1 MiB is read', async () => {
  const filled = QUIET.replace('{', `{${' '.repeat(MIB - QUIET.length)}`);
  expect(filled).toHaveLength(MIB);
  expect(await reception.post('/alerts/generic', filled)).toMatchObject({ status: 202 });
  expect(await reception.post('/alerts/generic', `${filled} `)).toMatchObject({ status: 413 });
});

test('a chunked body without a length is read', async () => {
  const half = Math.floor(QUIET.length / 2);
  const chunks = [QUIET.slice(0, half), QUIET.slice(half), ''].map(
    (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
  );
  const said = { 'transfer-encoding': 'chunked', connection: 'close' };
  const reply = await reception.talk(head('/alerts/generic', said) + chunks.join(''));
  expect(statuses(reply)).toEqual([202]);
});

test('a body that does not come is not waited for', async () => {
  const slow = (path: string) =>
    reception.talk(`${head(path, { ...signedHook(), 'content-length': '100' })}{`);
  for (const reply of await Promise.all([...WAYS, WEBHOOK_PATH].map(slow))) {
    expect(statuses(reply)).toEqual([408]);
    expect(reply).toContain('The body did not arrive in time. Send the delivery again.');
  }
});

test('a head that does not come is not waited for', async () => {
  const reply = await reception.talk('POST /alerts/generic HTTP/1.1\r\nhost: lastgood\r\nx-slow: ');
  expect(statuses(reply)).toEqual([408]);
});

test('a sender that goes away in the middle leaves nothing behind', async () => {
  const entries = await reception.after(async () => {
    const length = String(QUIET.length + 1);
    await reception.talk(head('/alerts/generic', { 'content-length': length }) + QUIET, true);
    await reception.talk(
      head(WEBHOOK_PATH, { ...signedHook(), 'content-length': '9' }) + '{',
      true,
    );
  });
  expect(entries).toEqual([]);
});

test.each([
  ['GET', '/alerts/generic', 405],
  ['PUT', '/alerts/alertmanager', 405],
  ['DELETE', '/alerts/generic', 405],
  ['OPTIONS', '/alerts/generic', 405],
  ['GET', '/metrics/samples', 405],
  ['DELETE', '/metrics/samples', 405],
  ['POST', '/metrics/samples/', 404],
  ['GET', WEBHOOK_PATH, 405],
  ['PATCH', WEBHOOK_PATH, 405],
  ['POST', '/healthz', 405],
  ['GET', '/', 404],
  ['POST', '/', 404],
  ['GET', '/probot', 404],
  ['GET', '/metrics/../etc/passwd', 404],
  ['POST', '/alerts', 404],
  ['POST', '/alerts/', 404],
  ['POST', '/alerts/generic/', 404],
  ['POST', '/alerts//generic', 404],
  ['POST', '/alerts/%67eneric', 404],
  ['POST', '/ALERTS/generic', 404],
  ['POST', '/api/github', 404],
  ['POST', `${WEBHOOK_PATH}/`, 404],
  ['POST', '/%00', 404],
])('%s %s: %i', async (method, path, status) => {
  const response = await fetch(`${reception.stage.serving.url}${path}`, {
    method,
    headers: { authorization: reception.headers['authorization'] ?? '' },
  });
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(/^[A-Z].*\.\n$/);
  const health = path === '/healthz';
  expect(response.headers.get('allow')).toBe(status === 404 ? null : health ? 'GET, HEAD' : 'POST');
});

test('HEAD of the health says the same without words', async () => {
  const response = await fetch(`${reception.stage.serving.url}/healthz`, { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

const LENGTH = { 'content-length': String(QUIET.length) };
test.each<[string, () => string, number[]]>([
  [
    'three requests in one breath are answered in order',
    () =>
      head('/alerts/generic', LENGTH) +
      QUIET +
      head('/healthz', { 'content-length': '0' }, 'GET') +
      head('/alerts/generic', { ...LENGTH, connection: 'close' }) +
      QUIET,
    [202, 200, 202],
  ],
  [
    'a request behind one without credentials is not looked at',
    () => head('/alerts/generic', { ...LENGTH, authorization: 'Bearer x' }) + QUIET + head('/', {}),
    [401],
  ],
  [
    'a length and chunks together are refused: who reads which?',
    () => `${head('/alerts/generic', { ...LENGTH, 'transfer-encoding': 'chunked' })}0\r\n\r\n`,
    [400],
  ],
  [
    'two lengths are refused',
    () =>
      head('/alerts/generic', LENGTH).replace('\r\n\r\n', '\r\ncontent-length: 1\r\n\r\n') + QUIET,
    [400],
  ],
  [
    'a length that is none is refused',
    () => head('/alerts/generic', { 'content-length': '-1' }),
    [400],
  ],
  [
    'a chunk that is none',
    () => `${head('/alerts/generic', { 'transfer-encoding': 'chunked' })}zz\r\n`,
    [400],
  ],
  [
    'a header with a line end in it is refused',
    () => head('/alerts/generic', { ...LENGTH, 'x-a': 'b\nc: d' }) + QUIET,
    [400],
  ],
  [
    'a header as large as a body',
    () => head('/alerts/generic', { 'x-large': 'x'.repeat(20_000) }),
    [431],
  ],
  ['no HTTP at all', () => '\u0016\u0003\u0001 hello\r\n\r\n', [400]],
  [
    'an address that is none',
    () => head('*', { 'content-length': '0', connection: 'close' }),
    [404],
  ],
  [
    'an address with another host in it',
    () =>
      head('http://elsewhere.example/alerts/generic', { ...LENGTH, connection: 'close' }) + QUIET,
    [404],
  ],
])('%s', async (_, bytes, expected) => {
  expect(statuses(await reception.talk(bytes()))).toEqual(expected);
});

test('a request to tunnel ends without an answer', async () => {
  expect(await reception.talk('CONNECT elsewhere.example:443 HTTP/1.1\r\nhost: x\r\n\r\n')).toBe(
    '',
  );
});

test('a request to speak something else is answered as a plain one', async () => {
  const said = { upgrade: 'websocket', connection: 'upgrade, close', 'content-length': '0' };
  expect(statuses(await reception.talk(head('/healthz', said, 'GET')))).toEqual([200]);
});

test('who asks before sending a large body is answered before the body', async () => {
  const said = { expect: '100-continue', 'content-length': String(2 * MIB) };
  const reply = await reception.talk(head('/alerts/generic', said));
  expect(statuses(reply).at(-1)).toBe(413);
});

test('after all that, the real alert brings the ranker back', async () => {
  const sockets = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const socket = connect(Number(new URL(reception.stage.serving.url).port), '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    }),
  );
  const entries = await reception.after(() => reception.post('/alerts/generic', alert()));
  expect(entries.at(-1)).toMatchObject({ kind: 'merged' });
  for (const socket of sockets) socket.destroy();
  await reception.isWell();
});

/** The head of a webhook that is signed, for whatever body. */
function signedHook(): Record<string, string> {
  return {
    'x-github-event': 'push',
    'x-github-delivery': 'd',
    'x-hub-signature-256': sign(reception.stage.webhookSecret, '{}'),
  };
}
