import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { openServer, type OpenServer } from '../../fixtures/http/open-server.ts';
import type { AlertFor, AlertSource } from './alert.ts';
import { createAlertReceiver, type ReceiverEvent, type ReceiverOptions } from './http-receiver.ts';

const NOW = Date.parse('2026-11-20T20:08:20Z');
const TOKEN = 'correct-horse-battery-staple';
const SOURCES: readonly AlertSource[] = [
  { name: 'one', auth: { kind: 'bearer', token: TOKEN }, repositories: ['acme/models'] },
  { name: 'signed', auth: { kind: 'hmac', secret: 'x'.repeat(24) }, repositories: ['acme/models'] },
];
const HEADERS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
const ALERT = { name: 'Drift', status: 'firing', model: 'fraud-scorer', severity: 'high' };

const servers: OpenServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server with the receiver in front and 404 behind it. */
async function serve(options: Partial<ReceiverOptions> = {}) {
  const accepted: AlertFor[][] = [];
  const events: ReceiverEvent[] = [];
  const receive = createAlertReceiver({
    sources: SOURCES,
    accept: (taken) => {
      accepted.push([...taken]);
      return Promise.resolve();
    },
    clock: () => NOW,
    report: (event) => events.push(event),
    ...options,
  });
  const server = await openServer((req, res) =>
    receive(req, res).then((mine) => mine || res.writeHead(404).end()),
  );
  servers.push(server);
  const port = Number(new URL(server.url).port);
  const post = (path: string, body: unknown, headers: Record<string, string> = HEADERS) =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { port, post, accepted, events };
}

/** Sends bytes as they are and answers all that comes back until the other side closes. */
async function talk(port: number, text: string, end = false): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  socket.write(text);
  if (end) socket.end();
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

function head(headers: Record<string, string>, path = '/alerts/generic'): string {
  const lines = Object.entries({ host: 'localhost', ...headers });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`;
}

describe('the alert receiver', () => {
  it('answers one line for each alert, once they are stored', async () => {
    let stored = () => {};
    const order: string[] = [];
    const storing = new Promise<void>((resolve) => {
      stored = resolve;
    });
    const { post } = await serve({
      accept: async () => {
        order.push('asked');
        stored();
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        order.push('stored');
      },
    });
    const answering = post('/alerts/generic', [ALERT, { ...ALERT, repository: 'x/y' }]);
    await storing;
    const response = await answering;
    order.push('answered');
    expect(response.status).toBe(202);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(
      'alert 1: taken for acme/models: Drift, fraud-scorer, high, firing\n' +
        'alert 2: not taken: this source does not speak for repository "x/y"; name one that it was set up for.\n',
    );
    expect(order).toEqual(['asked', 'stored', 'answered']);
  });

  it('stores what was taken only, and nothing when nothing was', async () => {
    const { post, accepted, events } = await serve();
    await post('/alerts/generic', [ALERT, { ...ALERT, repository: 'x/y' }]);
    expect(accepted).toMatchObject([[{ repository: 'acme/models', alert: { name: 'Drift' } }]]);
    const response = await post('/alerts/generic', { ...ALERT, repository: 'x/y' });
    expect(response.status).toBe(202);
    expect(accepted).toHaveLength(1);
    expect(events).toMatchObject([
      { kind: 'answered', status: 202, source: 'one', format: 'generic' },
      { kind: 'answered', status: 202, source: 'one' },
    ]);
  });

  it('answers JSON when asked to', async () => {
    const { post } = await serve();
    const headers = { ...HEADERS, accept: 'application/json' };
    const response = await post(
      '/alerts/generic',
      [ALERT, { ...ALERT, repository: 'x/y' }],
      headers,
    );
    expect(await response.json()).toMatchObject({
      alerts: [
        { taken: true, index: 0, repository: 'acme/models', model: 'fraud-scorer' },
        { taken: false, index: 1, why: 'repository-not-allowed' },
      ],
    });
    const bad = await post('/alerts/generic', { ...ALERT, version: 1.1 }, headers);
    expect(bad.status).toBe(400);
    expect(await bad.json()).toMatchObject({ problem: { path: '$.version' } });
  });

  it('takes Alertmanager at its own path, with a query behind it', async () => {
    const { post, accepted } = await serve();
    const labels = { alertname: 'Drift', model: 'fraud-scorer', severity: 'page' };
    const body = { alerts: [{ status: 'firing', labels }] };
    expect((await post('/alerts/alertmanager?from=a', body)).status).toBe(202);
    expect(accepted).toMatchObject([[{ alert: { format: 'alertmanager', severity: 'critical' } }]]);
  });

  test.each(['/', '/alerts', '/alerts/', '/alerts/generic/', '/alerts/other', '/x/alerts/generic'])(
    'leaves %s to others',
    async (path) => {
      const { post } = await serve();
      expect((await post(path, ALERT)).status).toBe(404);
    },
  );

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('refuses %s', async (method) => {
    const { port } = await serve();
    const response = await fetch(`http://127.0.0.1:${port}/alerts/generic`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('tells to try again when the alerts cannot be stored, and keeps the reason to itself', async () => {
    const accept = vi.fn<ReceiverOptions['accept']>();
    accept.mockRejectedValueOnce(new Error('disk is full at /var/lib')).mockResolvedValue();
    const { post, events } = await serve({ accept });
    const response = await post('/alerts/generic', ALERT);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.text()).not.toContain('disk');
    expect(events).toMatchObject([{ kind: 'not-stored', status: 503 }]);
    expect((await post('/alerts/generic', ALERT)).status).toBe(202);
  });

  it('says nothing to who has no credentials, and does not read what they send', async () => {
    const { port, events } = await serve();
    const request = head({ 'content-length': '1000000', authorization: 'Bearer x' });
    const reply = await talk(port, request);
    expect(reply).toMatch(/^HTTP\/1\.1 401 /);
    expect(reply).toMatch(/\r\nwww-authenticate: Bearer\r\n/i);
    expect(reply).toMatch(/\r\nconnection: close\r\n/i);
    expect(reply.endsWith('\r\n\r\nNot authorised.\n')).toBe(true);
    expect(events).toMatchObject([{ status: 401, lines: ['Not authorised.'] }]);
    expect(JSON.stringify(events)).not.toContain('Bearer x');
  });

  it('refuses a body that is announced as too large, before its first byte', async () => {
    const { port, accepted } = await serve({ limit: 1_000 });
    const reply = await talk(port, head({ ...HEADERS, 'content-length': '1001' }));
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    expect(reply.endsWith('\r\n\r\nThe body is too large.\n')).toBe(true);
    expect(accepted).toEqual([]);
  });

  it('refuses a body that turns out too large, and closes the connection', async () => {
    const { port } = await serve({ limit: 1_000 });
    const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`;
    const request = head({ ...HEADERS, 'transfer-encoding': 'chunked' });
    const reply = await talk(port, `${request}${chunk}1\r\nx\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('gives its answer to a sender that goes on writing', async () => {
    const { post } = await serve({ limit: 1_000 });
    const response = await post('/alerts/generic', 'x'.repeat(5_000_000));
    expect(response.status).toBe(413);
  });

  it('takes a body of exactly the limit', async () => {
    const body = JSON.stringify(ALERT);
    const { post } = await serve({ limit: body.length });
    expect((await post('/alerts/generic', body)).status).toBe(202);
    expect((await post('/alerts/generic', `${body} `)).status).toBe(413);
  });

  it('does not wait for ever for a body', async () => {
    const { port, accepted } = await serve({ bodyTimeout: 20 });
    const reply = await talk(port, `${head({ ...HEADERS, 'content-length': '100' })}{`);
    expect(reply).toMatch(/^HTTP\/1\.1 408 /);
    expect(accepted).toEqual([]);
  });

  it('takes nothing of a body that ends before its announced length', async () => {
    const body = JSON.stringify(ALERT);
    let told = () => {};
    const cut = new Promise<void>((resolve) => {
      told = resolve;
    });
    const accept = vi.fn<ReceiverOptions['accept']>();
    const { port } = await serve({ accept, report: ({ kind }) => kind === 'cut-off' && told() });
    const length = String(body.length + 1);
    await talk(port, `${head({ ...HEADERS, 'content-length': length })}${body}`, true);
    await cut;
    expect(accept).not.toHaveBeenCalled();
  });

  it('survives a body that is longer than announced', async () => {
    const body = JSON.stringify(ALERT);
    const { port, post } = await serve();
    const request = head({ ...HEADERS, 'content-length': String(body.length) });
    const reply = await talk(port, `${request}${body}, and more`, true);
    // What is too much is no request: node answers it and closes.
    expect(reply).toContain('HTTP/1.1 400 Bad Request');
    expect((await post('/alerts/generic', ALERT)).status).toBe(202);
  });
});
