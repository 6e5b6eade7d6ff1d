import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import type { WrittenCommit } from '../../fixtures/git/write-history.ts';
import { modelFile, SAMPLE, SAMPLE_POLICY } from './sample.fixture.ts';
import { november, openStage, type Stage } from './stage.fixture.ts';

let stage: Stage;
let folder = '';
let oids: readonly string[] = [];
beforeAll(async () => {
  stage = await openStage();
  ({ folder, oids } = stage.repository(SAMPLE));
});
afterAll(() => stage.close());

const TARGET = 'production/fraud-detector';

/** What each release ran and what it is for a rollback, from JSON. */
async function standings(args: readonly string[]) {
  const { data } = await stage.runJson(['history', ...args]);
  const { releases } = data as {
    readonly releases: readonly {
      readonly versions: Readonly<Record<string, string>> | null;
      readonly standing: string | null;
    }[];
  };
  return releases.map(({ versions, standing }) => [versions?.['model'] ?? null, standing]);
}

/** The sample with more commits after it. */
function sampleAnd(...commits: readonly WrittenCommit[]) {
  return stage.repository([...SAMPLE, ...commits]);
}

test('a table for people, newest first', async () => {
  const { exit, out } = await stage.run(['history', TARGET, '--repo', folder]);
  expect(exit).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "COMMIT        SINCE (UTC)       RAN     MODEL  FEATURES       STANDING                 BY            SUBJECT
    bd41a116706a  2026-11-12 15:00  1d 21h  v4     tx-2026-11-11  runs                     Chen Wei      Release fraud-detector v4
    e127e3413ce3  2026-11-12 09:00  6h      v3     tx-2026-11-11  ran too short (minSoak)  Ada Lovelace  Release fraud-detector v3
    7e550746999d  2026-11-05 09:00  7d      v2     tx-2026-11-04  last good                Chen Wei      Release fraud-detector v2
    f1c89df138a5  2026-11-01 09:00  4d      v1     tx-2026-10-31                           Ada Lovelace  Release fraud-detector v1"
  `);
});

test('as JSON, every field', async () => {
  const { exit, data } = await stage.runJson(['history', TARGET, '--repo', folder, '--limit', '2']);
  expect(exit).toBe(0);
  expect(data).toEqual({
    target: TARGET,
    commit: oids[4],
    asOf: '2026-11-14T12:00:00.000Z',
    lastGood: { kind: 'release', commit: oids[1] },
    releases: [
      {
        commit: oids[3],
        since: '2026-11-12T15:00:00.000Z',
        until: null,
        ranSeconds: 45 * 3600,
        versions: { model: 'v4', features: 'tx-2026-11-11' },
        author: 'Chen Wei',
        subject: 'Release fraud-detector v4',
        standing: 'running',
        problems: [],
      },
      {
        commit: oids[2],
        since: '2026-11-12T09:00:00.000Z',
        until: '2026-11-12T15:00:00.000Z',
        ranSeconds: 6 * 3600,
        versions: { model: 'v3', features: 'tx-2026-11-11' },
        author: 'Ada Lovelace',
        subject: 'Release fraud-detector v3',
        standing: 'too-short-soak',
        problems: [],
      },
    ],
    more: true,
  });
});

describe('as of then', () => {
  test('--at ends the history there, and its time is now', async () => {
    const args = ['history', TARGET, '--repo', folder, '--at', 'HEAD~1'];
    const { data } = await stage.runJson(args);
    expect(data).toMatchObject({
      commit: oids[3],
      asOf: '2026-11-12T15:00:00.000Z',
      releases: [{ commit: oids[3], ranSeconds: 0, standing: 'running' }, {}, {}, {}],
    });
    expect(await standings([TARGET, '--repo', folder, '--at', oids[2] ?? ''])).toEqual([
      ['v3', 'running'],
      ['v2', 'last-good'],
      ['v1', null],
    ]);
  });

  test.each(['HEAD~99', 'no-such-branch', '--help-me'])(
    'a commit %s that is not there: exit 2',
    async (rev) => {
      const ran = await stage.run(['history', TARGET, '--repo', folder, '--at', rev]);
      expect(ran).toMatchObject({ exit: 2, out: '' });
      expect(ran.error).toContain(JSON.stringify(rev));
    },
  );

  test('a commit that the branch never went through: exit 2', async () => {
    const side: readonly WrittenCommit[] = [
      ...SAMPLE,
      { message: 'side', parents: [3], files: { a: '1' } },
      { message: 'merge', parents: [4, 5], files: { a: '1' } },
    ];
    const merged = stage.repository(side);
    const at = merged.oids[5] ?? '';
    const ran = await stage.run(['history', TARGET, '--repo', merged.folder, '--at', at]);
    expect(ran).toMatchObject({ exit: 2, error: expect.stringContaining('first-parent history') });
  });
});

describe('how many', () => {
  test('--limit ends the table and says so', async () => {
    const { out } = await stage.run(['history', TARGET, '--repo', folder, '--limit', '3']);
    expect(out.split('\n').slice(1, 4)).toHaveLength(3);
    expect(out).toMatch(/\n\nThe newest 3; --limit shows more\.$/);
    const all = await stage.run(['history', TARGET, '--repo', folder, '--limit', '4']);
    expect(all.out).not.toContain('--limit');
  });

  test.each(['0', '-1', '1.5', 'many', ''])('--limit "%s": exit 2', async (limit) => {
    const ran = await stage.run(['history', TARGET, '--repo', folder, `--limit=${limit}`]);
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.error).toContain('Expected a whole number from 1');
  });
});

describe('histories with more in them', () => {
  test('stretches that cannot be read', async () => {
    const { folder: broken } = sampleAnd(
      { message: 'Break', at: november(13, 12), files: { 'production/model.yaml': 'a: [\n' } },
      {
        message: 'Mend',
        at: november(13, 18),
        files: { 'production/model.yaml': modelFile('v5') },
      },
    );
    expect(await standings([TARGET, '--repo', broken])).toEqual([
      ['v5', 'running'],
      [null, 'unreadable'],
      ['v4', 'too-short-soak'],
      ['v3', 'too-short-soak'],
      ['v2', 'beyond-max-depth'],
      ['v1', null],
    ]);
    const { out } = await stage.run(['history', TARGET, '--repo', broken]);
    expect(out).toMatch(/^\w{12} {2}2026-11-13 12:00 {2}6h +\? +\? +cannot be read +Ada +Break$/m);
    expect(out).toMatch(/^\w{12} cannot be read: model: .*not valid YAML at line 2/m);
  });

  test('what runs cannot be read', async () => {
    const broken = sampleAnd({ message: 'Break', files: { 'production/model.yaml': 'a: [\n' } });
    const { exit, out } = await stage.run(['history', TARGET, '--repo', broken.folder]);
    expect(exit).toBe(0);
    expect(out).toContain('runs, cannot be read');
    expect(out).toContain('No earlier release is good.');
  });

  test('a file that was moved', async () => {
    const moved = sampleAnd({
      message: 'Move to clusters',
      at: november(14),
      files: {
        'production/model.yaml': null,
        'clusters/model.yaml': modelFile('v4', '4Gi'),
        '.lastgood/fraud-detector.yaml': SAMPLE_POLICY.replace('production/m', 'clusters/m'),
      },
    });
    expect(await standings([TARGET, '--repo', moved.folder])).toEqual([
      ['v4', 'running'],
      ['v3', 'too-short-soak'],
      ['v2', 'last-good'],
      ['v1', null],
    ]);
  });

  test('nothing good, and a fallback', async () => {
    const policy = `${SAMPLE_POLICY.replace('24h', '30d')}    fallback: { model: 's3://models/fraud/rules', features: none }\n`;
    const strict = sampleAnd({ message: 'Be strict', files: { [POLICY]: policy } });
    const { out } = await stage.run(['history', TARGET, '--repo', strict.folder]);
    expect(out).toContain('a rollback would set the fallback of the policy');
    const { data } = await stage.runJson(['history', TARGET, '--repo', strict.folder]);
    expect(data).toMatchObject({
      lastGood: {
        kind: 'fallback',
        values: { model: 's3://models/fraud/rules', features: 'none' },
      },
    });
  });

  test('pins whose files never were: exit 1', async () => {
    const policy = SAMPLE_POLICY.replaceAll('production/', 'nowhere/');
    const none = stage.repository([{ message: 'Start', files: { [POLICY]: policy } }]);
    const ran = await stage.run(['history', TARGET, '--repo', none.folder]);
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.error).toMatch(
      /has no releases: as of \w{12} the history has no file nowhere\/model.yaml, nowhere\/features.yaml/,
    );
  });
});

const POLICY = '.lastgood/fraud-detector.yaml';

test('a bare repository and a folder within the clone are read as well', async () => {
  const { folder: clone, bare } = stage.repository(SAMPLE);
  const whole = await stage.run(['history', TARGET, '--repo', clone]);
  for (const repo of [bare, join(clone, 'production')]) {
    expect(await stage.run(['history', TARGET, '--repo', repo])).toEqual(whole);
  }
});

test('a shallow clone cannot be answered from: exit 3', async () => {
  const { bare } = stage.repository(SAMPLE);
  const shallow = join(stage.root, 'shallow');
  git(stage.root, ['clone', '--quiet', '--depth=1', `file://${bare}`, shallow]);
  const ran = await stage.run(['history', TARGET, '--repo', shallow]);
  expect(ran).toMatchObject({ exit: 3, error: expect.stringContaining('--unshallow') });
});

test('no repository, and one without commits: exit 3', async () => {
  const empty = join(stage.root, 'empty');
  git(stage.root, ['init', '--quiet', empty]);
  for (const repo of [join(stage.root, 'nowhere'), empty]) {
    const ran = await stage.run(['history', TARGET, '--repo', repo]);
    expect(ran).toMatchObject({ exit: 3, out: '' });
    expect(ran.error).not.toBe('');
  }
});
