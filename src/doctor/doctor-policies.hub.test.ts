import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openMirror } from '../git/open-mirror.ts';
import { startDoctorStage } from './doctor.fixture.ts';

describe('policies', () => {
  test('mistakes with their places, pins that are not there, owners and goals', async () => {
    const stage = await startDoctorStage();
    const commit = (files: Record<string, string>) =>
      stage.repository.commit({ by: 'bob', message: 'Change policies', files });
    await commit({
      '.lastgood/new.yaml':
        "model: new\nowners: ['@acme/sre']\nenvironments:\n  production:\n    pins: { model: { file: new.yaml, path: version } }\n",
      'new.yaml': 'version: 1\n',
    });
    expect(await stage.lines('last-good')).toEqual([
      expect.stringMatching(/^warning production\/new has nothing.*the first one.*fallback/),
    ]);
    await commit({ 'new.yaml': 'other: 1\n', '.lastgood/bad.yaml': 'model: [\n' });
    const lines = await stage.lines('policies');
    expect(lines).toContainEqual(expect.stringMatching(/^problem \.lastgood\/bad\.yaml:\d+:\d+: /));
    expect(lines).toContainEqual(expect.stringMatching(/^problem \.lastgood\/new\.yaml:5:\d+: /));
  });

  test('approvers who could never count, and GitHub as the judge where no rule asks', async () => {
    const stage = await startDoctorStage();
    stage.hub.user('ghosty');
    stage.hub.team('acme', 'readers', ['ghosty']);
    stage.hub.team('acme', 'outside', ['ghosty']);
    stage.repository.grantTeam('readers', 'read');
    const policy = (from: readonly string[], more = '') =>
      stage.repository.commit({
        by: 'bob',
        message: 'Name approvers',
        files: {
          '.lastgood/new.yaml': `model: new\nenvironments:\n  production:\n    pins: { model: { file: new.yaml, path: version } }\n    approvals: { from: [${from.map((one) => `'${one}'`).join(', ')}]${more} }\n`,
          'new.yaml': 'version: 1\n',
        },
      });
    await policy([
      '@mallory',
      '@nobody',
      '@ghosty',
      '@acme/readers',
      '@acme/outside',
      '@acme/none',
      '@other/team',
      '@acme/sre',
    ]);
    expect(await stage.lines('approvers')).toEqual([
      expect.stringMatching(/^warning @nobody, an approver of production\/new, does not exist/),
      expect.stringMatching(/^warning @ghosty.*the role read only: this approval never counts/),
      expect.stringMatching(/^warning @acme\/readers.*the role read only: its members/),
      expect.stringMatching(/^warning @acme\/outside.*no access/),
      expect.stringMatching(/^warning @acme\/none.*does not exist/),
      expect.stringMatching(/^warning @other\/team.*does not exist/),
    ]);
    await policy(['@nobody']);
    expect(await stage.lines('approvers')).toContainEqual(
      expect.stringMatching(/^problem production\/new asks for 1 approval, and nobody/),
    );
    await policy(['@acme/sre'], ', by: github');
    expect(await stage.lines('github-approval')).toEqual([
      expect.stringMatching(/^problem Production\/new|^problem production\/new/),
    ]);
    stage.repository.rules({ reviews: { required: 1 } });
    expect(await stage.lines('github-approval')).toEqual([expect.stringMatching(/^ok /)]);
  });

  test('the mirror of a service that runs is looked at, not touched', async () => {
    const stage = await startDoctorStage();
    const token = () => Promise.resolve(stage.app.token().token);
    const folder = join(stage.dataFolder, 'mirrors', `${stage.repository.id}.git`);
    const mirror = await openMirror({
      folder,
      branch: 'main',
      remote: async () => ({ url: stage.repository.cloneUrl, token: await token() }),
    });
    expect(await stage.lines('mirror', { clone: true })).toEqual([
      expect.stringMatching(/^ok .*all of it \(\d+\.\d MiB\)/),
    ]);
    await stage.repository.commit({ by: 'bob', message: 'Go on', files: { 'x.md': 'x' } });
    expect(await stage.lines('mirror', { clone: true })).toEqual([
      expect.stringMatching(/^warning .*is 1 commit behind.*push/),
    ]);
    await mirror.fetch();
    expect(await stage.lines('mirror', { clone: true })).toEqual([expect.stringMatching(/^ok /)]);
    await mirror.close();
    const left = (await readdir(stage.dataFolder)).filter((name) => name.startsWith('lastgood-'));
    expect(left).toEqual([]);
  });
});
