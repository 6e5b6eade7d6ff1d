import { expect, test } from 'vitest';
import {
  alert,
  decisions,
  MANY_TOKEN,
  OTHER_TOKEN,
  SECRET,
  sign,
  useReception,
} from './support.ts';

const reception = useReception();
const WAY = '/alerts/generic';
const QUIET = alert({ severity: 'low' });
const BODY = JSON.stringify(QUIET);
const JSON_TYPE = { 'content-type': 'application/json' };
const bearer = (token: string) => ({ ...JSON_TYPE, authorization: `Bearer ${token}` });
const seconds = (offset = 0) => String(Math.floor(reception.time.clock() / 1000) + offset);
const signed = (body: string, said: Readonly<Record<string, string>> = {}) => ({
  ...JSON_TYPE,
  'x-lastgood-signature-256': sign(SECRET, body),
  ...said,
});
const stamped = (body: string, at: string, secret = SECRET) => ({
  ...JSON_TYPE,
  'x-lastgood-timestamp': at,
  'x-lastgood-signature-256': sign(secret, `${at}.${body}`),
});

test.each<[string, () => Readonly<Record<string, string>>]>([
  ['none', () => JSON_TYPE],
  ['another token', () => bearer('not-the-token-of-anybody-here')],
  ['half the token', () => bearer(reception.stage.token.slice(0, 24))],
  ['the token and more', () => bearer(`${reception.stage.token}x`)],
  ['no token', () => ({ ...JSON_TYPE, authorization: 'Bearer ' })],
  ['Basic', () => ({ ...JSON_TYPE, authorization: `Basic ${btoa(`x:${reception.stage.token}`)}` })],
  ['the webhook secret', () => bearer(reception.stage.webhookSecret)],
  ['the secret of a signing source', () => bearer(SECRET)],
  [
    'a signature by another secret',
    () => signed(BODY, { 'x-lastgood-signature-256': sign('x'.repeat(24), BODY) }),
  ],
  ['a signature of another body', () => signed(`${BODY} `)],
  [
    'a signature by a token',
    () => signed(BODY, { 'x-lastgood-signature-256': sign(reception.stage.token, BODY) }),
  ],
  ['a signature that is none', () => signed(BODY, { 'x-lastgood-signature-256': 'sha256=' })],
  [
    'a signature of GitHub',
    () => ({ ...JSON_TYPE, 'x-hub-signature-256': sign(reception.stage.webhookSecret, BODY) }),
  ],
  ['an old timestamp', () => stamped(BODY, seconds(-301))],
  ['a timestamp ahead', () => stamped(BODY, seconds(301))],
  [
    'a timestamp taken off',
    () => ({ ...JSON_TYPE, 'x-lastgood-signature-256': sign(SECRET, `${seconds()}.${BODY}`) }),
  ],
  [
    'another timestamp put on',
    () => ({ ...stamped(BODY, seconds(-3)), 'x-lastgood-timestamp': seconds() }),
  ],
  ['a timestamp that is text', () => stamped(BODY, 'now')],
  // The token comes first, so a good signature cannot mend a wrong one.
  [
    'a wrong token with a good signature',
    () => ({ ...signed(BODY), ...bearer('not-the-token-of-anybody-here') }),
  ],
])('refused: %s', async (_, headers) => {
  const entries = await reception.after(async () => {
    const answer = await reception.post(WAY, BODY, headers());
    expect([answer.status, answer.text]).toEqual([401, 'Not authorised.\n']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
  expect(entries).toEqual([]);
});

test.each<[string, () => Readonly<Record<string, string>>]>([
  ['the token', () => bearer(reception.stage.token)],
  [
    'the token under another spelling of Bearer',
    () => ({ ...JSON_TYPE, authorization: `bEARER  ${reception.stage.token} ` }),
  ],
  ['a signature', () => signed(BODY)],
  [
    'a signature in upper case',
    () => signed(BODY, { 'x-lastgood-signature-256': sign(SECRET, BODY).toUpperCase() }),
  ],
  ['a signature with a timestamp', () => stamped(BODY, seconds(-290))],
])('let in: %s', async (_, headers) => {
  const entries = await reception.after(async () => {
    expect(await reception.post(WAY, BODY, headers())).toMatchObject({ status: 202 });
  });
  expect(decisions(entries)).toHaveLength(1);
});

test("a token never reaches another tenant's target, however the alert names it", async () => {
  const names = [
    'acme/ml-manifests',
    'ACME/ML-Manifests',
    'globex/models/../../acme/ml-manifests',
    'https://github.com/acme/ml-manifests',
    'acme/ml-manifests.git',
    ' acme/ml-manifests',
    '',
  ];
  const entries = await reception.after(async () => {
    const body = names.map((repository) => ({ ...alert(), repository }));
    const { status, text } = await reception.post(WAY, body, bearer(OTHER_TOKEN));
    expect([400, 202]).toContain(status);
    expect(text).not.toContain('taken for acme');
    for (const repository of names) {
      const one = await reception.post(WAY, alert({ repository }), bearer(OTHER_TOKEN));
      expect(one.text).not.toContain('taken for acme');
    }
    const unnamed = await reception.post(WAY, alert(), bearer(OTHER_TOKEN));
    expect(unnamed.text).toMatch(/not taken: .*globex\/models/);
  });
  expect(entries).toEqual([]);
  expect(reception.stage.sample.repository.pulls()).toEqual([]);
});

test('a token bound to one repository is refused for another that exists', async () => {
  const { text } = await reception.post(WAY, alert({ repository: 'globex/models' }));
  expect(text).toMatchInlineSnapshot(`
    "alert 1: not taken: this source does not speak for repository "globex/models"; name one that it was set up for.
    "
  `);
});

test('a token for two repositories names the one it means', async () => {
  const both = [
    alert({ severity: 'low', repository: 'acme/ml-manifests' }),
    alert({ severity: 'low', repository: 'Globex/Models' }),
  ];
  const entries = await reception.after(() => reception.post(WAY, both, bearer(MANY_TOKEN)));
  expect(entries.map(({ repository }) => repository).sort()).toEqual([
    'acme/ml-manifests',
    'globex/models',
  ]);
  const { text } = await reception.post(WAY, alert(), bearer(MANY_TOKEN));
  expect(text).toMatch(/^alert 1: not taken: /);
});

test('a repository where the App is not installed is told, not tried', async () => {
  const entries = await reception.after(() =>
    reception.post(WAY, alert({ repository: 'globex/not-installed' }), bearer(OTHER_TOKEN)),
  );
  expect(entries).toMatchObject([
    {
      repository: 'globex/not-installed',
      decision: { act: 'ignore', reason: 'unknown-repository' },
    },
  ]);
});

test("after all that, each tenant's alert reaches its own repository only", async () => {
  const entries = await reception.after(() => reception.post(WAY, alert()));
  expect(entries.at(-1)).toMatchObject({ kind: 'merged', repository: 'acme/ml-manifests' });
  expect(reception.other.pulls()).toEqual([]);
  await reception.isWell();
});
