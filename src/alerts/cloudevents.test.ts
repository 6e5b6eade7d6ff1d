import { describe, expect, it, test } from 'vitest';
import type { AlertSource } from './alert.ts';
import { decodeHeaderValue } from './cloudevents-headers.ts';
import { receiveAlerts } from './receive.ts';

const NOW = Date.parse('2026-11-20T20:08:20Z');
const SOURCES: readonly AlertSource[] = [
  {
    name: 'events',
    auth: { kind: 'bearer', token: 'correct-horse-battery-staple' },
    repositories: ['acme/models'],
  },
];

function deliver(body: unknown, headers: Record<string, string>) {
  return receiveAlerts({
    format: 'generic',
    headers: { authorization: 'Bearer correct-horse-battery-staple', ...headers },
    body: Buffer.from(JSON.stringify(body)),
    sources: SOURCES,
    now: NOW,
  });
}

const data = { name: 'ModelDrift', model: 'fraud-scorer', severity: 'high' };
const event = {
  specversion: '1.0',
  type: 'dev.lastgood.alert.firing',
  source: '/drift-watch',
  id: '17',
  time: '2026-11-20T20:08:00Z',
  data,
};
const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const BINARY = {
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-type': 'dev.lastgood.alert.resolved',
  'ce-source': '/drift-watch',
  'ce-id': '18',
  'ce-time': '2026-11-20T20:08:10Z',
  'ce-traceparent': '00-x-y-01',
};

const ALERT = {
  format: 'cloudevents',
  source: 'events',
  model: 'fraud-scorer',
  severity: 'high',
  repository: 'acme/models',
};

describe('a CloudEvent', () => {
  it('is taken in structured mode; its type decides, its id is the delivery, its time the start', () => {
    expect(deliver(event, STRUCTURED).taken).toMatchObject([
      {
        alert: {
          ...ALERT,
          status: 'firing',
          delivery: '/drift-watch 17',
          startsAt: Date.parse(event.time),
          startAssumed: true,
        },
      },
    ]);
  });

  it('is taken in binary mode', () => {
    expect(deliver(data, BINARY).taken).toMatchObject([
      {
        alert: {
          ...ALERT,
          status: 'resolved',
          delivery: '/drift-watch 18',
          endsAt: Date.parse('2026-11-20T20:08:10Z'),
        },
      },
    ]);
  });

  it('is taken in a batch, which may be empty', () => {
    const batch = [event, { ...event, id: '18', type: 'dev.lastgood.alert.resolved' }];
    expect(deliver(batch, BATCH).taken).toMatchObject([
      { alert: { status: 'firing' } },
      { alert: { status: 'resolved' } },
    ]);
    expect(deliver([], BATCH)).toMatchObject({ status: 202, taken: [] });
  });

  it('may carry its data in Base64', () => {
    const { data: _, ...rest } = event;
    const encoded = Buffer.from(JSON.stringify(data)).toString('base64');
    const received = deliver({ ...rest, data_base64: encoded }, STRUCTURED);
    expect(received.taken).toMatchObject([{ alert: ALERT }]);
  });

  it('may leave attributes unset as null', () => {
    const received = deliver({ ...event, time: null, datacontenttype: null }, STRUCTURED);
    expect(received.taken).toMatchObject([{ alert: { ...ALERT, startsAt: NOW } }]);
  });

  it('does not begin later than it came, whatever its time says', () => {
    const received = deliver({ ...event, time: '2030-01-01T00:00:00Z' }, STRUCTURED);
    expect(received.taken).toMatchObject([{ alert: { startsAt: NOW } }]);
  });

  test.each([
    ['another version', { ...event, specversion: '0.3' }, '$.specversion', 'expected "1.0"'],
    ['another type', { ...event, type: 'com.example.x' }, '$.type', 'dev.lastgood.alert.firing or'],
    ['no id', { ...event, id: undefined }, '$.id', 'found nothing'],
    ['an empty source', { ...event, source: '' }, '$.source', 'found ""'],
    ['a bad time', { ...event, time: 'now' }, '$.time', 'found "now"'],
    ['XML in it', { ...event, datacontenttype: 'text/xml' }, '$.datacontenttype', 'for JSON'],
    ['no data', { ...event, data: undefined }, '$.data', 'found nothing'],
    ['data as text', { ...event, data: '{}' }, '$.data', 'found "{}"'],
    [
      'a status against its type',
      { ...event, data: { ...data, status: 'resolved' } },
      '$.data.status',
      'as the type says',
    ],
    [
      'a mistake in its data',
      { ...event, data: { ...data, version: 2 } },
      '$.data.version',
      'text in quotes',
    ],
    [
      'two kinds of data',
      { ...event, data_base64: 'e30=' },
      '$.data_base64',
      'no "data" beside it',
    ],
    ['a list', [event], '$', 'found a list of 1'],
  ])('is refused with %s', (_, body, path, words) => {
    const received = deliver(body, STRUCTURED);
    expect(received).toMatchObject({ status: 400, problem: { path }, taken: [] });
    expect('error' in received && received.error).toContain(words);
  });

  test.each([
    ['data that is no Base64', { ...event, data: undefined, data_base64: '%' }, '$.data_base64'],
    ['Base64 that is no JSON', { ...event, data: undefined, data_base64: 'e3s=' }, '$.data_base64'],
  ])('is refused with %s', (_, body, path) => {
    expect(deliver(body, STRUCTURED)).toMatchObject({ status: 400, problem: { path } });
  });

  it('names the event of a batch that is mistaken', () => {
    const received = deliver([event, { ...event, data: { ...data, model: '' } }], BATCH);
    expect(received).toMatchObject({ status: 400, problem: { path: '$[1].data.model' } });
    expect(deliver(event, BATCH)).toMatchObject({ status: 400, problem: { path: '$' } });
  });

  test.each([
    ['no id', { 'ce-id': '' }, 'ce-id'],
    ['no version of the format', { 'ce-specversion': '1' }, 'ce-specversion'],
    ['an overlong encoding', { 'ce-source': '%C0%A0' }, 'ce-source'],
    ['its content type twice', { 'ce-datacontenttype': 'application/json' }, 'ce-datacontenttype'],
  ])('is refused in binary mode with %s', (_, headers, path) => {
    expect(deliver(data, { ...BINARY, ...headers })).toMatchObject({
      status: 400,
      problem: { path },
    });
  });

  it('is refused in binary mode when its data is not JSON', () => {
    expect(deliver(data, { ...BINARY, 'content-type': 'text/xml' }).status).toBe(415);
  });

  it('takes every one of its headers for the sign of an event', () => {
    const headers = { 'content-type': 'application/json', 'ce-id': '1' };
    expect(deliver({ ...data, status: 'firing' }, headers)).toMatchObject({
      status: 400,
      problem: { path: 'ce-specversion' },
    });
  });
});

describe('decodeHeaderValue', () => {
  test.each([
    ['plain', 'plain'],
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['%e2%82%ac', '€'],
    ['%41', 'A'],
    ['"a \\"b\\" c"', 'a "b" c'],
    ['"%20"', ' '],
    ['%2520', '%20'],
    ['100%', '100%'],
    ['%C0%A0', undefined],
    ['%E2%82', undefined],
  ])('reads %s', (written, read) => {
    expect(decodeHeaderValue(written)).toBe(read);
  });
});
