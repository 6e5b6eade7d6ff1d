import { describe, expect, test } from 'vitest';
import { SECOND } from '../time.ts';
import { startDoctorStage } from './doctor.fixture.ts';
import { known } from './reading.ts';

const EXTRA = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  statuses: 'read',
  deployments: 'read',
  merge_queues: 'read',
  members: 'read',
} as const;

test('the sample is well but for what it lacks, and asking it takes few requests', async () => {
  const stage = await startDoctorStage();
  const from = stage.hub.calls.length;
  const checks = await stage.examine();
  expect(checks.filter(({ level }) => level !== 'ok').map(({ id }) => id)).toEqual([
    'deliveries',
    'approval-path',
  ]);
  const sent = stage.hub.calls.slice(from).filter(({ kind }) => kind === 'rest');
  expect(
    sent.every(({ method, path }) => method === 'GET' || path.endsWith('/access_tokens')),
  ).toBe(true);
  expect(sent.length).toBeLessThan(16);
});

describe('the App', () => {
  test('a wrong id, a clock that is off, and a GitHub that is not there', async () => {
    const stage = await startDoctorStage();
    expect(await stage.lines('credentials', { appId: 1 })).toEqual([
      expect.stringMatching(/^problem .*status 404.*Integration not found/),
    ]);
    expect(await stage.lines('credentials')).toEqual([
      `ok GitHub knows the App as lastgood (id ${stage.app.id}).`,
    ]);
    expect(await stage.lines('clock', { ahead: -20 * SECOND })).toEqual([
      expect.stringMatching(/^warning .*(19|20|21)s behind/),
    ]);
    expect(await stage.lines('clock', { ahead: 45 * SECOND })).toEqual([
      expect.stringMatching(/^problem .*4[456]s ahead/),
    ]);
    const checks = await stage.examine({
      apiUrl: 'http://127.0.0.1:9',
      more: { checkDatabase: () => Promise.resolve(known({ says: 'Embedded.', dead: 0 })) },
    });
    expect(checks.map(({ id, level }) => [id, level])).toEqual([
      ['github', 'problem'],
      ['database', 'ok'],
    ]);
  });

  test('GitHub that fails for a moment is asked again, one that goes on failing is unreachable', async () => {
    const stage = await startDoctorStage();
    stage.hub.faults.once({ path: /^\/app$/, answer: 'reset' });
    expect(await stage.lines('github')).toEqual(['ok GitHub answers.']);
    stage.hub.faults.add({ path: /^\/app$/, times: 2, answer: { status: 502, body: {} } });
    expect(await stage.lines('github')).toEqual([expect.stringMatching(/^problem .*be reached/)]);
  });

  test('permissions and events: missing, not accepted, too many', async () => {
    const stage = await startDoctorStage();
    const { app } = stage;
    app.permissions({ ...EXTRA, administration: 'read' });
    expect(await stage.lines('permissions')).toEqual([
      expect.stringMatching(/^warning .*administration: read\./),
    ]);
    const { members, ...rest } = EXTRA;
    app.permissions(rest);
    expect(members).toBe('read');
    expect(await stage.lines('permissions')).toEqual([
      expect.stringMatching(/^problem .*members: read .*teams.*Ask for members/),
    ]);
    // The App asks for it, and the installation has not accepted it yet.
    app.state.permissions = EXTRA;
    expect(await stage.lines('permissions')).toEqual([
      expect.stringMatching(/^problem .*An owner of acme accepts/),
    ]);
    const installation = app.installation();
    if (installation) installation.events = ['push'];
    expect(await stage.lines('events')).toEqual([expect.stringMatching(/^problem .*approvals/)]);
  });

  test('the webhook and its deliveries', async () => {
    const stage = await startDoctorStage();
    const { app, hub } = stage;
    expect(await stage.lines('webhook')).toEqual([expect.stringMatching(/^ok .*signed\.$/)]);
    app.webhook(`${hub.url}/nowhere`, '', { ping: true });
    await hub.settled();
    expect(await stage.lines('webhook')).toEqual([expect.stringMatching(/^problem .*not signed/)]);
    expect(await stage.lines('deliveries')).toEqual([
      expect.stringMatching(/^problem 1 of the last 1 .*ping at .*404/),
    ]);
    expect(hub.violations.splice(0)).toEqual([expect.stringContaining('POST /nowhere')]);
    app.webhook('https://lastgood.example/api/github/webhooks', 'secret', { insecureSsl: true });
    expect(await stage.lines('webhook')).toEqual([expect.stringMatching(/^warning .*certificate/)]);
    app.webhook('https://lastgood.example/', 'secret', { contentType: 'form' });
    expect(await stage.lines('webhook')).toEqual([expect.stringMatching(/^problem .*form/)]);
    app.state.webhook = undefined;
    expect(await stage.lines('webhook')).toEqual([expect.stringMatching(/^problem No address/)]);
  });
});

describe('installations', () => {
  test('suspended, nowhere, archived', async () => {
    const stage = await startDoctorStage();
    stage.repository.settings.archived = true;
    expect(await stage.lines('repositories')).toEqual([
      expect.stringMatching(/^warning acme\/ml-manifests is archived/),
    ]);
    stage.app.suspend();
    const checks = await stage.examine();
    expect(checks.find(({ id }) => id === 'installations')).toMatchObject({
      level: 'warning',
      about: 'acme',
    });
    expect(checks.map(({ id }) => id)).not.toContain('repositories');
    stage.app.uninstall();
    expect(await stage.lines('installations')).toEqual([
      expect.stringMatching(/^problem .*nowhere/),
    ]);
  });

  test('so many repositories are looked at, and the rest is named', async () => {
    const stage = await startDoctorStage();
    stage.app.install([await stage.hub.repository('acme/second')]);
    const checks = await stage.examine({ more: { mostRepositories: 1 } });
    expect(checks.filter(({ id }) => id === 'repositories').map(({ found }) => found)).toEqual([
      '2 repositories.',
      expect.stringContaining('acme/second'),
    ]);
    expect(checks.filter(({ id }) => id === 'mirror')).toHaveLength(1);
    // An empty repository is no crash either.
    expect(await stage.lines('mirror')).toEqual([
      expect.stringMatching(/^ok /),
      expect.stringMatching(/^problem .*no branch "main"/),
    ]);
  });
});
