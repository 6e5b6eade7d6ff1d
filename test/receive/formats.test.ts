import { expect, test } from 'vitest';
import { alert, decisions, useReception } from './support.ts';

const reception = useReception();
const WAY = '/alerts/generic';
const QUIET = alert({ severity: 'low' });
const EVENT = {
  specversion: '1.0',
  type: 'dev.lastgood.alert.firing',
  source: 'https://drift.acme.example/watch',
  id: 'e-1',
  time: '2026-11-20T02:16:58Z',
};
const { status: _, ...DATA } = QUIET;

function as(type: string): Record<string, string> {
  return { ...reception.headers, 'content-type': type };
}

const binary = (said: Readonly<Record<string, string>> = {}) => ({
  ...reception.headers,
  'ce-specversion': '1.0',
  'ce-type': EVENT.type,
  'ce-source': EVENT.source,
  'ce-id': 'e-binary',
  'ce-time': EVENT.time,
  ...said,
});

test.each([
  ['one alert as JSON', () => reception.headers, () => ({ ...QUIET, name: 'Json' })],
  ['a list of one', () => reception.headers, () => [{ ...QUIET, name: 'List' }]],
  [
    'a structured CloudEvent',
    () => as('application/cloudevents+json'),
    () => ({ ...EVENT, data: { ...DATA, name: 'Structured' } }),
  ],
  [
    'a structured CloudEvent in Base64, with a charset',
    () => as('application/cloudevents+json; charset=UTF-8'),
    () => ({
      ...EVENT,
      id: 'e-64',
      datacontenttype: 'application/json',
      data_base64: Buffer.from(JSON.stringify({ ...DATA, name: 'Base64' })).toString('base64'),
    }),
  ],
  [
    'a batch of one',
    () => as('application/cloudevents-batch+json'),
    () => [{ ...EVENT, id: 'e-batch', data: { ...DATA, name: 'Batch' } }],
  ],
  ['a binary CloudEvent', () => binary(), () => ({ ...DATA, name: 'Binary' })],
])('%s is taken and decided', async (_, headers, body) => {
  const entries = await reception.after(async () => {
    const { status, text } = await reception.post(WAY, body(), headers());
    expect([status, text]).toEqual([
      202,
      expect.stringMatching(/^alert 1: taken for acme\/ml-man/),
    ]);
  });
  expect(decisions(entries)).toEqual([
    expect.stringMatching(/^\w+ of product-ranker: record, policy$/),
  ]);
});

test('a batch of firing and resolved events is decided one by one, in order', async () => {
  const batch = [
    { ...EVENT, id: 'b-1', data: { ...DATA, name: 'First' } },
    { ...EVENT, id: 'b-2', type: 'dev.lastgood.alert.resolved', data: { ...DATA, name: 'Second' } },
    { ...EVENT, id: 'b-3', data: { ...DATA, name: 'Third', model: 'ranker' } },
  ];
  const entries = await reception.after(() =>
    reception.post(WAY, batch, as('application/cloudevents-batch+json')),
  );
  expect(decisions(entries)).toEqual([
    'First of product-ranker: record, policy',
    'Second of product-ranker: record, resolved',
    'Third of ranker: ignore, unknown-model',
  ]);
});

test('one mistake in a batch: nothing of it is taken, and 400 says where', async () => {
  const batch = [
    { ...EVENT, id: 'c-1', data: DATA },
    { ...EVENT, id: 'c-2', data: { ...DATA, severity: 3 } },
  ];
  const entries = await reception.after(async () => {
    const answer = await reception.post(WAY, batch, as('application/cloudevents-batch+json'));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('$[1].data.severity');
  });
  expect(entries).toEqual([]);
});

const JSON_TYPE = () => reception.headers;
test.each<[string, () => unknown, () => Readonly<Record<string, string>>, string]>([
  ['a version as a number', () => ({ ...QUIET, version: 1.1 }), JSON_TYPE, '$.version'],
  ['a model that is missing', () => ({ ...QUIET, model: undefined }), JSON_TYPE, '$.model'],
  ['a model as a path', () => ({ ...QUIET, model: '../../etc' }), JSON_TYPE, '$.model'],
  ['a severity nobody knows', () => ({ ...QUIET, severity: 'x' }), JSON_TYPE, '$.severity'],
  ['a list in a list', () => [[QUIET]], JSON_TYPE, '$[0]'],
  ['text', () => '"alert"', JSON_TYPE, '$'],
  ['half a body', () => '{"name":', JSON_TYPE, '$'],
  ['nothing', () => '', JSON_TYPE, '$'],
  ['bytes that are no text', () => Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), JSON_TYPE, '$'],
  [
    'an event of a later version',
    () => ({ ...EVENT, specversion: '2.0', data: DATA }),
    () => as('application/cloudevents+json'),
    '$.specversion',
  ],
  [
    'an event of another type',
    () => ({ ...EVENT, type: 'com.example.thing', data: DATA }),
    () => as('application/cloudevents+json'),
    '$.type',
  ],
  ['an event without data', () => EVENT, () => as('application/cloudevents+json'), '$.data'],
  [
    'an event with data that is no Base64',
    () => ({ ...EVENT, data_base64: '%%%' }),
    () => as('application/cloudevents+json'),
    '$.data_base64',
  ],
  [
    'a batch that is no list',
    () => ({ ...EVENT, data: DATA }),
    () => as('application/cloudevents-batch+json'),
    '$',
  ],
  ['a binary event without an id', () => DATA, () => binary({ 'ce-id': '' }), 'ce-id'],
  [
    'a binary event that says its type twice',
    () => DATA,
    () => binary({ 'ce-datacontenttype': 'application/json' }),
    'ce-datacontenttype',
  ],
])('%s: 400 names %4$s', async (_, body, headers, field) => {
  const entries = await reception.after(async () => {
    const { status, text } = await reception.post(WAY, body(), headers());
    expect(status).toBe(400);
    expect(text).toContain(`not understood at ${field}: expected `);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
  });
  expect(entries).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['text', { 'content-type': 'text/plain' }],
  ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
  ['gzip', { 'content-encoding': 'gzip' }],
  ['brotli', { 'content-encoding': 'br' }],
  ['several encodings', { 'content-encoding': 'gzip, identity' }],
])('415 for %s, and it says what to send', async (_, headers) => {
  const { status, text } = await reception.post(WAY, QUIET, { ...reception.headers, ...headers });
  expect(status).toBe(415);
  expect(text).toMatch(/ is not read here\. Send /);
});

test('an event that is sent again is the same evidence', async () => {
  // The policy of staging does nothing by itself, and the one of production waits for two minutes.
  const young = { ...DATA, severity: 'critical', startsAt: new Date(reception.time.clock()) };
  const send = () =>
    reception.post(
      WAY,
      { ...EVENT, id: 'again', data: { ...young, name: 'Again' } },
      as('application/cloudevents+json'),
    );
  const first = await reception.after(send);
  const second = await reception.after(send);
  expect(decisions(first)).toEqual(['Again of product-ranker: record, too-young']);
  expect(decisions(second)).toEqual(decisions(first));
});

test('after all that, the real alert brings the ranker back', async () => {
  const entries = await reception.after(() => reception.post(WAY, alert()));
  expect(entries.at(-1)).toMatchObject({ kind: 'merged' });
  await reception.isWell();
});
