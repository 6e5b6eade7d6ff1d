import { describe, expect, it, test } from 'vitest';
import {
  NOW,
  SOURCES,
  TOKEN,
  JSON_HEADERS,
  deliver,
  plain,
  linesOf,
  firstAlert,
} from '../../fixtures/alerts/deliver.ts';

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

  it('is taken for the targets of its source only', () => {
    const sources = SOURCES.map((one) => ({ ...one, targets: ['production/fraud-scorer'] }));
    const lines = (said: object) => linesOf(deliver({ ...plain, ...said }, { sources }));
    expect([lines({ environment: 'production' }), lines({ environment: 'staging' }), lines({})])
      .toMatchInlineSnapshot(`
      [
        [
          "alert 1: taken for acme/models: ModelDrift, fraud-scorer in production, critical, firing",
        ],
        [
          "alert 1: not taken: this source does not speak for staging/fraud-scorer; name a target that it was set up for.",
        ],
        [
          "alert 1: not taken: it names no environment, and this source speaks for certain targets only; name the environment of one of production/fraud-scorer.",
        ],
      ]
    `);
  });
});
