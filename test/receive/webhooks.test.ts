import { expect, test } from 'vitest';
import { WEBHOOK_PATH } from '../../src/web/webhook-path.ts';
import { alert, decisions, sign, useReception } from './support.ts';

const reception = useReception();

/** A `repository_dispatch` about the ranker, as GitHub posts it. */
function dispatched(said: Readonly<Record<string, unknown>> = { severity: 'low' }) {
  const { sample, hub } = reception.stage;
  return {
    action: 'lastgood-alert',
    branch: 'main',
    client_payload: alert(said),
    repository: sample.repository.json(),
    installation: { id: sample.app.installation()?.id },
    sender: { id: hub.as('bob').id, login: 'bob' },
  };
}

test('a webhook with the right signature is taken', async () => {
  const entries = await reception.after(async () => {
    expect(await reception.hook('repository_dispatch', dispatched())).toMatchObject({
      status: 202,
    });
  });
  expect(decisions(entries)).toHaveLength(1);
});

const SHORT = 'a'.repeat(64);
test.each<[string, number, () => Readonly<Record<string, string | undefined>>]>([
  ['no signature', 401, () => ({ 'x-hub-signature-256': undefined })],
  [
    'the old signature only',
    401,
    () => ({ 'x-hub-signature-256': undefined, 'x-hub-signature': `sha1=${SHORT.slice(24)}` }),
  ],
  [
    'a signature by another secret',
    401,
    () => ({ 'x-hub-signature-256': sign('x'.repeat(24), JSON.stringify(dispatched())) }),
  ],
  [
    'a signature of another body',
    401,
    () => ({ 'x-hub-signature-256': sign(reception.stage.webhookSecret, '{}') }),
  ],
  [
    'a signature by an alert token',
    401,
    () => ({ 'x-hub-signature-256': sign(reception.stage.token, JSON.stringify(dispatched())) }),
  ],
  ['a signature of zeros', 401, () => ({ 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })],
  ['half a signature', 401, () => ({ 'x-hub-signature-256': 'sha256=00' })],
  ['two signatures', 401, () => ({ 'x-hub-signature-256': `sha256=${SHORT}, sha256=${SHORT}` })],
  [
    'an alert token instead',
    401,
    () => ({ 'x-hub-signature-256': undefined, ...reception.headers }),
  ],
  ['no event', 400, () => ({ 'x-github-event': undefined })],
  ['an event that reaches into objects', 400, () => ({ 'x-github-event': '__proto__' })],
  ['an event that means all', 400, () => ({ 'x-github-event': '*' })],
  ['no delivery', 400, () => ({ 'x-github-delivery': undefined })],
  ['a delivery with a line of its own', 400, () => ({ 'x-github-delivery': 'a\tb: c' })],
  ['a form', 415, () => ({ 'content-type': 'application/x-www-form-urlencoded' })],
  ['no type', 415, () => ({ 'content-type': '' })],
])('%s: %i, and nothing is done', async (_, status, headers) => {
  const entries = await reception.after(async () => {
    const answer = await reception.hook('repository_dispatch', dispatched(), headers());
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/^[A-Z].*\.\n$/);
  });
  expect(entries).toEqual([]);
});

test.each<[string, unknown]>([
  ['half a body', '{"action":'],
  ['a list', '[]'],
  ['null', 'null'],
  ['text', '"push"'],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
])('signed, but %s: 400 or 401, and nothing is done', async (_, body) => {
  const entries = await reception.after(async () => {
    expect([400, 401]).toContain((await reception.hook('push', body)).status);
  });
  expect(entries).toEqual([]);
});

test('nothing: refused, though it is signed', async () => {
  expect(await reception.hook('push', '')).toMatchObject({ status: 401 });
});

const NOTHING: readonly [string, number][] = [
  ['push', 400],
  ['pull_request', 400],
  ['pull_request_review', 400],
  ['check_suite', 400],
  ['status', 400],
  ['installation', 202],
  ['installation_repositories', 202],
  ['repository', 202],
  ['repository_dispatch', 202],
  ['merge_group', 202],
  ['ping', 202],
  ['hook_of_next_year', 202],
];
test.each(NOTHING)('%s without anything in it: %i, and nothing breaks', async (event, expected) => {
  const entries = await reception.after(async () => {
    for (const action of [undefined, 'closed', 'edited', 'submitted', 'reopened', 'completed']) {
      const { status, text } = await reception.hook(event, { action });
      expect(status).toBe(expected);
      expect(text).toMatch(/^(Taken\.|The delivery was not understood at \$\.\w+: expected )/);
    }
  });
  expect(entries).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['push', { ref: 7, repository: { id: 1 } }, '$.ref'],
  ['push', { ref: 'refs/heads/main', repository: { id: '1' } }, '$.repository.id'],
  ['status', { sha: 'x', repository: { id: 1 }, installation: { id: {} } }, '$.installation.id'],
  ['ping', { action: { $gt: '' } }, '$.action'],
  [
    'pull_request',
    {
      action: 'edited',
      repository: { id: 1 },
      pull_request: { number: 1, head: { ref: 'x' }, updated_at: 'x' },
    },
    '$.changes',
  ],
])('%s with a field that is no such thing is refused, and names it', async (event, body, field) => {
  const { status, text } = await reception.hook(event, body);
  expect(status).toBe(400);
  expect(text).toContain(`not understood at ${field}: expected `);
});

test('about a repository that is nobody’s, nothing is done', async () => {
  const entries = await reception.after(async () => {
    const repository = { id: 999_999, full_name: 'evil/models' };
    expect(await reception.hook('push', { ref: 'refs/heads/main', repository })).toMatchObject({
      status: 202,
    });
    await reception.hook('repository_dispatch', { ...dispatched(), repository });
  });
  expect(decisions(entries)).toEqual([
    'ModelDiversityCollapsed of product-ranker: ignore, unknown-repository',
  ]);
});

test('a webhook that is larger than GitHub makes them is refused; a large one is not', async () => {
  const filled = (size: number) => {
    const text = JSON.stringify({ ...dispatched(), action: 'filler', filler: '' });
    return text.replace('"filler":""', `"filler":"${'x'.repeat(size - text.length)}"`);
  };
  const large = filled(20 * 1_048_576);
  expect(await reception.hook('repository_dispatch', large)).toMatchObject({ status: 202 });
  const reply = await reception.talk(
    [
      `POST ${WEBHOOK_PATH} HTTP/1.1`,
      'host: lastgood',
      'content-type: application/json',
      'x-github-event: push',
      'x-github-delivery: d',
      `x-hub-signature-256: ${sign(reception.stage.webhookSecret, 'x')}`,
      `content-length: ${25 * 1_048_576 + 1}`,
      '\r\n',
    ].join('\r\n'),
  );
  expect(reply).toMatch(/^HTTP\/1\.1 413 /);
});

test('what is refused is in the log, without what was sent', async () => {
  const from = reception.lines.length;
  const body = { ...dispatched(), note: 'do-not-log-me' };
  await reception.hook('repository_dispatch', body, { 'x-hub-signature-256': `sha256=${SHORT}` });
  const lines = reception.lines.slice(from);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ status: 401, msg: 'webhook refused' });
  expect(lines[0]).not.toContain('do-not-log-me');
  expect(lines[0]).not.toContain(SHORT);
});

test('the same delivery again is the same alert (reality 17)', async () => {
  const payload = dispatched({ name: 'Replayed' });
  const guid = { 'x-github-delivery': crypto.randomUUID() };
  const first = await reception.after(() => reception.hook('repository_dispatch', payload, guid));
  expect(first.map(({ kind }) => kind)).toEqual(['decided', 'planned', 'proposed', 'merged']);
  const again = await reception.after(async () => {
    for (const _ of 'again and again') {
      expect(await reception.hook('repository_dispatch', payload, guid)).toMatchObject({
        status: 202,
      });
    }
  });
  // It is known by its name, and does not even reach a decision again.
  expect(again).toEqual([]);
  expect(reception.stage.sample.repository.pulls()).toHaveLength(1);
  await reception.isWell();
});
