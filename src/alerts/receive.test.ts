import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { MINUTE, SECOND } from '../time.ts';
import type { AlertSource } from './alert.ts';
import { receiveAlerts, type Delivery, type Received } from './receive.ts';

const NOW = Date.parse('2026-11-20T20:08:20Z');
const TOKEN = 'correct-horse-battery-staple';
const SECRET = 'a-secret-that-signs-every-body';

const SOURCES: readonly AlertSource[] = [
  { name: 'one', auth: { kind: 'bearer', token: TOKEN }, repositories: ['acme/models'] },
  {
    name: 'many',
    auth: { kind: 'bearer', token: `${TOKEN}-2` },
    repositories: ['acme/models', 'acme/batch'],
  },
  { name: 'signed', auth: { kind: 'hmac', secret: SECRET }, repositories: ['acme/models'] },
];

const JSON_HEADERS = {
  authorization: `Bearer ${TOKEN}`,
  'content-type': 'application/json',
};

function payload(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/payloads/${name}.json`, import.meta.url));
}

function deliver(body: unknown, said: Partial<Delivery> = {}): Received {
  const bytes =
    body instanceof Uint8Array
      ? body
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return receiveAlerts({
    format: 'generic',
    headers: JSON_HEADERS,
    body: bytes,
    sources: SOURCES,
    now: NOW,
    ...said,
  });
}

const alertmanager = { format: 'alertmanager' } as const;
const plain = {
  name: 'ModelDrift',
  status: 'firing',
  model: 'fraud-scorer',
  severity: 'critical',
};

function linesOf(received: Received): readonly string[] {
  return received.status === 202 ? received.lines : [received.error];
}

function firstAlert(received: Received) {
  const [first] = received.taken;
  return first?.taken ? first.alert : undefined;
}

describe('an Alertmanager delivery', () => {
  it('is taken as captured, firing', () => {
    const received = deliver(payload('alertmanager-firing'), alertmanager);
    expect(linesOf(received)).toEqual([
      'alert 1: taken for acme/models: ModelErrorRateHigh, fraud-scorer 1.10, critical, firing',
    ]);
    expect(received.taken).toEqual([
      {
        taken: true,
        repository: 'acme/models',
        alert: {
          source: 'one',
          format: 'alertmanager',
          fingerprint: '4ce238da0745d046',
          status: 'firing',
          name: 'ModelErrorRateHigh',
          model: 'fraud-scorer',
          version: '1.10',
          repository: 'acme/models',
          severity: 'critical',
          startsAt: Date.parse('2026-11-20T20:08:11.769Z'),
          receivedAt: NOW,
          summary: 'Model fraud-scorer v1.10 error rate 0.20',
          link: 'http://prometheus:59090/graph?g0.expr=model_error_rate+%3E+0.05&g0.tab=1',
          labels: {
            alertname: 'ModelErrorRateHigh',
            instance: '127.0.0.1:59100',
            job: 'models',
            model: 'fraud-scorer',
            model_version: '1.10',
            repo: 'acme/models',
            severity: 'critical',
          },
        },
      },
    ]);
  });

  it('is taken as captured, resolved, with the same fingerprint and start', () => {
    const fired = firstAlert(deliver(payload('alertmanager-firing'), alertmanager));
    const over = firstAlert(deliver(payload('alertmanager-resolved'), alertmanager));
    expect(over).toMatchObject({
      status: 'resolved',
      fingerprint: fired?.fingerprint,
      startsAt: fired?.startsAt,
      endsAt: Date.parse('2026-11-20T20:08:15.769Z'),
    });
    expect(fired).not.toHaveProperty('endsAt');
  });

  const labels = { alertname: 'Drift', model: 'fraud-scorer', severity: 'warning' };
  const one = (more: object, rest: object = {}) => ({
    alerts: [
      {
        status: 'firing',
        labels: { ...labels, ...more },
        startsAt: '2026-11-20T20:00:00Z',
        ...rest,
      },
    ],
  });

  test.each([
    ['no model', { model: '' }, 'no label "model"; add it to the labels of the alert rule.'],
    [
      'no severity',
      { severity: '' },
      'no label "severity"; add it to the labels of the alert rule.',
    ],
    [
      'an unknown severity',
      { severity: 'urgent' },
      'label "severity" is "urgent", expected one of critical (or page), high, medium (or warning), low (or info), in lower case.',
    ],
    [
      'a severity in upper case',
      { severity: 'Critical' },
      'label "severity" is "Critical", expected one of critical (or page), high, medium (or warning), low (or info), in lower case.',
    ],
    [
      'a model that is a path',
      { model: '../main' },
      'label "model" is "../main", expected a model name: at most 100 letters, digits, ".", "_" and "-", a letter or digit first.',
    ],
    [
      'an environment under its other name',
      { env: 'prod uction' },
      'label "env" is "prod uction", expected an environment: names of letters, digits, ".", "_" and "-", joined by "/".',
    ],
    [
      'a version with a line end in it',
      { version: '1.10\n1.11' },
      'label "version" is "1.10 1.11", expected a version in at most 200 characters, without blanks around it.',
    ],
    [
      'another repository',
      { repo: 'evil/models' },
      'this source does not speak for repository "evil/models"; name one that it was set up for.',
    ],
  ])('leaves out an alert with %s, and takes the others', (_, more, message) => {
    const two = { alerts: [...one(more).alerts, ...one({}).alerts] };
    expect(linesOf(deliver(two, alertmanager))).toEqual([
      `alert 1: not taken: ${message}`,
      'alert 2: taken for acme/models: Drift, fraud-scorer, medium, firing',
    ]);
  });

  it('leaves out an alert that begins in the future', () => {
    const late = one({}, { startsAt: '2026-11-20T20:13:20.001Z' });
    const received = deliver(late, alertmanager);
    expect(received.taken[0]).toMatchObject({ taken: false, index: 0, why: 'starts-in-future' });
    const ahead = one({}, { startsAt: '2026-11-20T20:13:20Z' });
    expect(firstAlert(deliver(ahead, alertmanager))?.startsAt).toBe(NOW + 5 * MINUTE);
  });

  it('asks which repository when the source speaks for several', () => {
    const headers = { ...JSON_HEADERS, authorization: `Bearer ${TOKEN}-2` };
    const received = deliver(one({}), { ...alertmanager, headers });
    expect(linesOf(received)).toEqual([
      'alert 1: not taken: it names no repository, and this source speaks for 2; add a label "repository" with one of acme/models, acme/batch.',
    ]);
    const named = deliver(one({ repository: 'ACME/Batch' }), { ...alertmanager, headers });
    expect(named.taken[0]).toMatchObject({ taken: true, repository: 'acme/batch' });
    expect(firstAlert(named)?.repository).toBe('acme/batch');
  });

  it('prefers the more exact label, and the better link', () => {
    const received = deliver(
      one(
        { model_version: '1.10', version: '7', environment: 'production', env: 'x' },
        {
          annotations: { value: '0.20', threshold: '0.05', dashboard: 'javascript:alert(1)' },
          generatorURL: 'https://prometheus.example/graph',
        },
      ),
      alertmanager,
    );
    expect(firstAlert(received)).toMatchObject({
      version: '1.10',
      environment: 'production',
      value: '0.20',
      threshold: '0.05',
      link: 'https://prometheus.example/graph',
    });
  });

  it('says how many alerts Alertmanager left out', () => {
    const received = deliver({ ...one({}), truncatedAlerts: 3 }, alertmanager);
    expect(linesOf(received)[1]).toBe(
      '3 more alerts were left out by Alertmanager (max_alerts in its webhook_config); raise the limit to have them looked at.',
    );
  });

  test.each([
    ['[]', '$', 'found a list of 0'],
    ['{}', '$.alerts', 'expected a list of alerts, found nothing'],
    ['{"alerts":[1]}', '$.alerts[0]', 'found the number 1'],
    ['{"alerts":[{"status":"on","labels":{}}]}', '$.alerts[0].status', 'found "on"'],
    [
      '{"alerts":[{"status":"firing","labels":{"model_version":1.10}}]}',
      '$.alerts[0].labels.model_version',
      'expected text in quotes (a number loses digits: 1.10 would become 1.1, so write "1.10"), found the number 1.1.',
    ],
    [
      '{"alerts":[{"status":"firing","labels":{},"startsAt":"yesterday"}]}',
      '$.alerts[0].startsAt',
      'expected a time such as "2026-11-20T02:17:04Z", found "yesterday"',
    ],
  ])('is refused as a whole when it is %s', (body, path, words) => {
    const received = deliver(body, alertmanager);
    expect(received).toMatchObject({ status: 400, problem: { path }, taken: [] });
    expect(linesOf(received)[0]).toContain(words);
  });

  it('is not a CloudEvent', () => {
    const headers = { ...JSON_HEADERS, 'content-type': 'application/cloudevents+json' };
    expect(deliver(one({}), { ...alertmanager, headers }).status).toBe(415);
  });
});

describe('a delivery of plain JSON', () => {
  it.each([
    ['one alert', plain, 1],
    ['a list', [plain, { ...plain, model: 'ranker' }], 2],
    ['an object with a list', { alerts: [plain] }, 1],
  ])('is %s', (_, body, count) => {
    expect(deliver(body).taken).toHaveLength(count);
  });

  it('may be empty', () => {
    expect(linesOf(deliver([]))).toEqual(['The delivery has no alerts in it; nothing to do.']);
  });

  it('takes all fields of the normal form', () => {
    const received = deliver({
      ...plain,
      status: 'resolved',
      environment: 'production/eu-west',
      version: '1.10',
      repository: 'acme/models',
      startsAt: '2026-11-20T21:00:00.123456789+01:00',
      endsAt: '2026-11-20T20:07:00Z',
      fingerprint: 'abc',
      summary: 'drift of\u202Eamount\u0000 went up',
      value: 0.2,
      threshold: '0.05',
      link: 'https://grafana.example/d/1',
      labels: { team: 'fraud' },
    });
    expect(firstAlert(received)).toEqual({
      source: 'one',
      format: 'generic',
      fingerprint: 'abc',
      status: 'resolved',
      name: 'ModelDrift',
      model: 'fraud-scorer',
      environment: 'production/eu-west',
      version: '1.10',
      repository: 'acme/models',
      severity: 'critical',
      startsAt: Date.parse('2026-11-20T20:00:00.123Z'),
      endsAt: Date.parse('2026-11-20T20:07:00Z'),
      receivedAt: NOW,
      summary: 'drift of amount  went up',
      value: '0.2',
      threshold: '0.05',
      link: 'https://grafana.example/d/1',
      labels: { team: 'fraud' },
    });
  });

  it('assumes that it began when it came, and ended likewise', () => {
    expect(firstAlert(deliver(plain))).toMatchObject({ startsAt: NOW, startAssumed: true });
    const over = firstAlert(deliver({ ...plain, status: 'resolved' }));
    expect(over).toMatchObject({ endsAt: NOW });
  });

  it('gives firing and resolved one fingerprint, and other labels another', () => {
    const [fired, over, other] = [
      { ...plain, labels: { a: '1', b: '2' }, summary: 'x' },
      { ...plain, labels: { b: '2', a: '1' }, status: 'resolved', severity: 'low' },
      { ...plain, labels: { a: '1', b: '3' } },
    ].map((body) => firstAlert(deliver(body))?.fingerprint);
    expect(fired).toMatch(/^[0-9a-f]{32}$/);
    expect(over).toBe(fired);
    expect(other).not.toBe(fired);
  });

  it('cuts long texts and many labels', () => {
    const labels = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`label${i}`, 'x'.repeat(5_000)]),
    );
    const alert = firstAlert(deliver({ ...plain, summary: '🙂'.repeat(2_000), labels }));
    expect(Array.from(alert?.summary ?? '')).toHaveLength(500);
    expect(alert?.summary).toMatch(/^(?:🙂){499}…$/u);
    expect(Object.keys(alert?.labels ?? {})).toHaveLength(64);
    expect(alert?.labels['label0']).toHaveLength(300);
  });

  test.each([
    'javascript:alert(1)',
    'ftp://x/',
    'https://u:p@x/',
    'not an address',
    `http://x/${'a'.repeat(2_000)}`,
  ])('leaves out the link %.40s', (link) => {
    const received = deliver({ ...plain, link });
    expect(received.status).toBe(202);
    expect(firstAlert(received)).not.toHaveProperty('link');
  });

  test.each([
    ['a missing model', { ...plain, model: undefined }, '$.model', 'found nothing'],
    ['a model with a blank', { ...plain, model: 'a b' }, '$.model', 'found "a b"'],
    ['an unknown severity', { ...plain, severity: 'P1' }, '$.severity', 'expected one of critical'],
    ['a version as a number', { ...plain, version: 1.1 }, '$.version', 'text in quotes'],
    ['a version that is too long', { ...plain, version: 'x'.repeat(201) }, '$.version', '200'],
    [
      'a mistyped field',
      { ...plain, enviroment: 'x' },
      '$.enviroment',
      'expected one of status, name',
    ],
    ['a label as a number', { ...plain, labels: { a: 1 } }, '$.labels.a', 'found the number 1'],
    [
      'a label with an odd name',
      { ...plain, labels: { 'a-b': 1 } },
      '$.labels["a-b"]',
      'found the number 1',
    ],
    ['a bad time', { ...plain, endsAt: '2026-02-30T00:00:00Z' }, '$.endsAt', 'expected a time'],
    [
      'a time in the future',
      { ...plain, startsAt: '2027-01-01T00:00:00Z' },
      '$.startsAt',
      'at 2026-11-20T20:08:20.000Z',
    ],
    ['a bad status', { ...plain, status: 'open' }, '$.status', '"firing" or "resolved"'],
    ['a name of blanks', { ...plain, name: ' \t' }, '$.name', 'the name of the alert'],
    ['the second one', [plain, { ...plain, model: 7 }], '$[1].model', 'found the number 7'],
    ['a mistake in a list', { alerts: [plain, null] }, '$.alerts[1]', 'found null'],
    ['something beside the list', { alerts: [plain], x: 1 }, '$.x', 'nothing but "alerts"'],
    ['a text', '"hello"', '$', 'found "hello"'],
    ['null', null, '$', 'found null'],
    ['too many alerts', Array.from({ length: 1_001 }, () => plain), '$', 'at most 1000 alerts'],
  ])('is refused with %s', (_, body, path, words) => {
    const received = deliver(body);
    expect(received).toMatchObject({ status: 400, problem: { path }, taken: [] });
    expect(linesOf(received)[0]).toContain(words);
  });

  test.each([
    ['an empty body', '', 'expected JSON, found an empty body'],
    ['no JSON', '{"model": ', 'text that does not parse'],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'bytes that are not UTF-8'],
    ['a deep nest', '['.repeat(200_000), 'text that does not parse'],
  ])('is refused with %s', (_, body, words) => {
    const received = deliver(body);
    expect(received.status).toBe(400);
    expect(linesOf(received)[0]).toContain(words);
    expect(linesOf(received)[0]?.length).toBeLessThan(400);
  });

  it('keeps a label called __proto__ a label', () => {
    const received = deliver(
      `{"name":"a","status":"firing","model":"m","severity":"low","labels":{"__proto__":"x"}}`,
    );
    expect(received.status).toBe(202);
    expect(Object.getPrototypeOf(firstAlert(received)?.labels)).toBe(Object.prototype);
  });

  test.each([
    ['no type', undefined],
    ['a form', 'application/x-www-form-urlencoded'],
    ['text', 'text/plain'],
    ['another charset', 'application/json; charset=iso-8859-1'],
    ['events in another format', 'application/cloudevents+avro'],
  ])('is refused with %s as its type', (_, type) => {
    const headers = { authorization: `Bearer ${TOKEN}`, ...(type && { 'content-type': type }) };
    const received = deliver(plain, { headers });
    expect(received.status).toBe(415);
    expect(linesOf(received)[0]).toContain('application/json');
  });

  it('takes a type with its charset, and refuses a compressed body', () => {
    const type = 'Application/JSON; charset="UTF-8"';
    expect(deliver(plain, { headers: { ...JSON_HEADERS, 'content-type': type } }).status).toBe(202);
    const received = deliver(plain, { headers: { ...JSON_HEADERS, 'content-encoding': 'gzip' } });
    expect(linesOf(received)).toEqual([
      'A body with Content-Encoding "gzip" is not read here. Send it uncompressed.',
    ]);
  });

  it('is refused above the limit, whoever sends it', () => {
    expect(deliver(plain, { limit: 10 })).toEqual({
      status: 413,
      error: 'The body is too large.',
      taken: [],
    });
  });
});

describe('credentials', () => {
  const body = Buffer.from(JSON.stringify(plain));
  const sign = (bytes: string | Uint8Array, secret = SECRET) =>
    `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
  const seconds = Math.floor(NOW / SECOND);
  const stamped = (at: number | string, secret = SECRET) => ({
    'x-lastgood-timestamp': String(at),
    'x-lastgood-signature-256': sign(`${at}.${body.toString()}`, secret),
  });
  const type = { 'content-type': 'application/json' };
  const sourceOf = (headers: Delivery['headers'], bytes: Uint8Array = body) => {
    const received = deliver(bytes, { headers: { ...type, ...headers } });
    return received.status === 202 ? received.source : received.status;
  };

  test.each<[string, Delivery['headers'], string]>([
    ['a token', { authorization: `Bearer ${TOKEN}` }, 'one'],
    ['a token of another source', { authorization: `bearer  ${TOKEN}-2 ` }, 'many'],
    ['a signature', { 'x-lastgood-signature-256': sign(body) }, 'signed'],
    ['a signature in capitals', { 'x-lastgood-signature-256': sign(body).toUpperCase() }, 'signed'],
    ['a timestamp', stamped(seconds), 'signed'],
    ['a timestamp five minutes ago', stamped(seconds - 300), 'signed'],
    ['a timestamp five minutes ahead', stamped(seconds + 300), 'signed'],
  ])('are %s', (_, headers, source) => {
    expect(sourceOf(headers)).toBe(source);
  });

  test.each<[string, Delivery['headers']]>([
    ['nothing', {}],
    ['an empty token', { authorization: 'Bearer ' }],
    ['another token', { authorization: `Bearer ${TOKEN}x` }],
    ['a part of a token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['a token by another scheme', { authorization: `Basic ${TOKEN}` }],
    ['a secret in place of a token', { authorization: `Bearer ${SECRET}` }],
    ['a token in place of a secret', { 'x-lastgood-signature-256': sign(body, TOKEN) }],
    ['a signature by the empty secret', { 'x-lastgood-signature-256': sign(body, '') }],
    ['an empty signature', { 'x-lastgood-signature-256': '' }],
    ['a signature without its name', { 'x-lastgood-signature-256': sign(body).slice(7) }],
    ['a signature of another body', { 'x-lastgood-signature-256': sign('{}') }],
    ['a signature beside a wrong token', { authorization: 'Bearer x', ...stamped(seconds) }],
    ['an old timestamp', stamped(seconds - 301)],
    ['a timestamp too far ahead', stamped(seconds + 301)],
    ['a timestamp that is none', stamped('1e9')],
    [
      'a timestamp added to a signature',
      { ...stamped(seconds), 'x-lastgood-signature-256': sign(body) },
    ],
    [
      'a timestamp taken off',
      { 'x-lastgood-signature-256': stamped(seconds)['x-lastgood-signature-256'] },
    ],
  ])('are not %s', (_, headers) => {
    const received = deliver('not even JSON', { headers: { ...type, ...headers } });
    expect(received).toEqual({ status: 401, error: 'Not authorised.', taken: [] });
    expect(sourceOf(headers)).toBe(401);
  });

  it('are not there when no source is set up', () => {
    expect(deliver(plain, { sources: [] }).status).toBe(401);
  });

  it('do not open anything when a timestamped body is sent as a body of its own', () => {
    const { 'x-lastgood-signature-256': signature } = stamped(seconds);
    const bytes = Buffer.from(`${seconds}.${body.toString()}`);
    expect(sourceOf({ 'x-lastgood-signature-256': signature }, bytes)).toBe(400);
  });
});
