import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { createLogJournal } from '../../src/journal/log-journal.ts';
import { createLineCleaner, createLog } from '../../src/log.ts';
import { alert, captured, sign, useReception } from './support.ts';

/** What GitHub's tokens look like, wherever they come from. */
const TOKEN_SHAPE = /gh[a-z]_\w{8,}|github_pat_|eyJ[\w-]+\.eyJ|PRIVATE KEY/;
const raw: string[] = [];
// Without the cleaning of the process's own log: what never gets there need not be taken out.
const log = pino({ level: 'trace' }, { write: (line: string) => void raw.push(line) });
const journal = createLogJournal(log);
const reception = useReception({ log, watch: (entry) => journal.write(entry) });

const NASTY = 'x\u0000\u0007\u001b]0;owned\u0007\u202E\u2028\r\n{"level":60,"msg":"forged"}';

test('a whole bad night leaves no secret in the log', async () => {
  const { stage } = reception;
  const { hub, sample } = stage;
  const { repository, app } = sample;

  // Senders without and with credentials, and everything they could smuggle in.
  await reception.post('/alerts/generic', alert(), { authorization: 'Bearer guessed-this-one' });
  await reception.post('/alerts/generic', alert(), { 'content-type': 'application/json' });
  await reception.post(
    '/alerts/alertmanager',
    captured('alertmanager-firing', { alertname: NASTY, severity: 'low' }),
  );
  await reception.post('/alerts/generic', {
    ...alert({ severity: 'low' }),
    summary: stage.token,
    name: NASTY,
  });
  await reception.hook('push', { ref: NASTY }, { 'x-hub-signature-256': sign('wrong', 'wrong') });
  await reception.hook('push', { ref: NASTY, repository: NASTY });
  await reception.hook('status', {});
  await stage.quiet();

  // GitHub in trouble, with answers that carry what came in.
  const refused = { status: 422, body: { message: NASTY } };
  hub.faults.once({ field: 'createPullRequest', answer: { type: 'FORBIDDEN', message: NASTY } });
  hub.faults.add({ path: /\/merge$/, times: 2, answer: TROUBLE.serverError });
  hub.faults.once({ path: /\/merge$/, skip: 2, answer: refused });
  hub.faults.add({ path: /\/labels$/, answer: refused });
  hub.faults.once({ path: /graphql/, answer: TROUBLE.badCredentials });
  await reception.after(() => reception.post('/alerts/generic', alert({ name: 'Night' })));
  for (let step = 0; step < 6 && hub.faults.pending > 0; step += 1) {
    await reception.after(() => reception.time.advance(60_000));
  }
  hub.faults.clear();
  await reception.after(() => reception.post('/alerts/generic', alert({ name: 'Night again' })));

  // git that is refused, names that are not nice, a policy that is broken, an installation that is gone.
  hub.faults.add({ path: /\.git\//, times: 3, answer: TROUBLE.badCredentials });
  await reception.after(() =>
    repository.commit({
      by: NASTY,
      message: NASTY,
      files: { '.lastgood/x.yaml': `model: ${NASTY}` },
    }),
  );
  await reception.after(() =>
    hub.as('bob').dispatch(repository, 'lastgood-alert', alert({ name: NASTY })),
  );
  await reception.after(() => app.suspend());
  await reception.after(() => app.unsuspend());
  await stage.restart();
  await stage.quiet();

  const secrets = [
    stage.token,
    stage.webhookSecret,
    Buffer.from(stage.token).toString('base64'),
    app.privateKey.split('\n')[1] ?? 'no key',
    ...[...hub.world.tokens.keys()].flatMap((token) => [
      token,
      Buffer.from(`x-access-token:${token}`).toString('base64'),
    ]),
    ...hub.world.userTokens.keys(),
  ];
  expect(hub.world.tokens.size).toBeGreaterThan(0);
  // It was a bad night: everything that can be told of was.
  const kinds = new Set(stage.journal.map(({ kind }) => kind));
  for (const kind of ['decided', 'planned', 'proposed', 'waiting', 'failed', 'policy-problem']) {
    expect(kinds).toContain(kind);
  }
  expect(raw.filter((line) => line.includes('"level":50')).length).toBeGreaterThan(0);
  for (const line of raw) {
    for (const secret of secrets) expect(line).not.toContain(secret);
    expect(line).not.toMatch(TOKEN_SHAPE);
    expect(line).not.toContain('guessed-this-one');
  }
});

test('what came from outside is no control character and no line of its own', () => {
  for (const line of raw.map(createLineCleaner([]))) {
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
    expect(() => JSON.parse(line) as unknown).not.toThrow();
  }
  const messages = raw.map((line) => (JSON.parse(line) as { msg?: string }).msg);
  expect(messages).not.toContain('forged');
});

test('a line has each of its keys once', () => {
  const lines: string[] = [];
  const once = createLog({ level: 'info', secrets: [], write: (line) => lines.push(line) });
  const octokit = once.child({ name: 'probot', a: 1 }).child({ name: 'octokit', b: 2 });
  octokit.info({ name: 'lastgood' }, 'msg');
  expect(lines.join('').match(/"name":"\w+"/g)).toEqual(['"name":"lastgood"']);
  expect(JSON.parse(lines.join(''))).toMatchObject({ pid: process.pid, a: 1, b: 2, msg: 'msg' });
});

test('the log of the process takes out whatever gets there all the same', () => {
  const lines: string[] = [];
  const secret = randomBytes(24).toString('hex');
  const clean = createLog({
    level: 'trace',
    secrets: [secret, 'short', 'with "quotes" and \\'],
    write: (line) => lines.push(line),
  });
  const cause = new Error(`token ${secret}`);
  clean.error(
    {
      err: Object.assign(new Error('GitHub said ghs_0123456789abcdefXYZ', { cause }), {
        status: 500,
        request: { headers: { authorization: 'Bearer hidden' } },
        event: { payload: 'hidden' },
      }),
      pem: '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter',
      jwt: 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln after',
      quoted: 'with "quotes" and \\',
      kept: 'short is not taken out',
      unseen: 'a\u202Eb\u009Bc\u2028d',
    },
    'msg',
  );
  clean.warn(new AggregateError([new Error('one'), 'two'], 'several'));
  clean.warn({ err: { anything: 'hidden' } }, 'no error');
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.join('')).not.toMatch(/hidden|ghs_|MIIE|eyJ|[\u202E\u009B\u2028]/);
  expect(lines.join('')).not.toContain(secret);
  expect(first).toMatchObject({
    err: {
      type: 'Error',
      message: 'GitHub said [secret]',
      status: 500,
      cause: { message: 'token [secret]' },
    },
    pem: '[secret]\nafter',
    jwt: '[secret] after',
    quoted: '[secret]',
    kept: 'short is not taken out',
    unseen: 'a\u202Eb\u009Bc\u2028d',
  });
  expect(second).toMatchObject({ err: { errors: [{ message: 'one' }, 'two'] } });
});
