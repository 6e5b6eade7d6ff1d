import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { NOW, TOKEN, SECRET, deliver, plain } from '../../fixtures/alerts/deliver.ts';
import { SECOND } from '../time.ts';
import type { Delivery } from './receive.ts';

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
