import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { git } from '../../fixtures/git/run.ts';
import { modelFile, SAMPLE, SAMPLE_POLICY } from './sample.fixture.ts';
import { november, openStage, type Repository, type Stage } from './stage.fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const POLICY = '.lastgood/fraud-detector.yaml';

/** A clone of the sample whose policy says something else, not committed. */
async function withPolicy(text: string): Promise<Repository> {
  const repository = stage.repository(SAMPLE);
  await writeFile(join(repository.folder, POLICY), text);
  return repository;
}

test('good policies: exit 0, and how many targets they are about', async () => {
  const { folder } = stage.repository(SAMPLE);
  expect(await stage.run(['validate', '--repo', folder])).toEqual({
    exit: 0,
    out: 'No problems in the policies of 1 target.',
    error: '',
  });
});

test('as JSON: a null commit means the files in the folder', async () => {
  const { folder } = stage.repository(SAMPLE);
  expect(await stage.runJson(['validate', '--repo', folder])).toEqual({
    exit: 0,
    data: {
      commit: null,
      targets: ['production/fraud-detector'],
      disabled: [],
      problems: [],
      unwatched: [],
    },
  });
});

test('monitors of a preset without a query are named, and are no problem', async () => {
  const text = SAMPLE_POLICY.replace(/^model:/m, 'extends: experimental\nserver: main\nmodel:');
  const { folder } = await withPolicy(text);
  const { exit, out } = await stage.run(['validate', '--repo', folder]);
  expect([exit, out]).toEqual([
    0,
    'No problems in the policies of 1 target.\nproduction/fraud-detector: Not watched: errors, errors-soft, latency-rise and memory of its presets, until the policy gives a `query`.',
  ]);
  const { data } = await stage.runJson(['validate', '--repo', folder]);
  expect(data).toMatchObject({
    unwatched: [
      {
        target: 'production/fraud-detector',
        needs: { query: ['errors', 'errors-soft', 'latency-rise', 'memory'], server: [] },
      },
    ],
  });
});

test('a mistake is told with file, line, column and a suggestion', async () => {
  const { folder } = await withPolicy(SAMPLE_POLICY.replace('minSoak', 'minSoke'));
  const { exit, out } = await stage.run(['validate', '--repo', folder]);
  expect(exit).toBe(1);
  expect(out).toMatch(/^\.lastgood\/fraud-detector\.yaml:13:15: .*minSoke.*did you mean `minSoak`/);
  expect(out.split('\n').at(-1)).toBe('1 problem in 1 file.');
});

test('as JSON a mistake has its place and disables its target', async () => {
  const { folder } = await withPolicy(SAMPLE_POLICY.replace('minSoak', 'minSoke'));
  expect(await stage.runJson(['validate', '--repo', folder])).toEqual({
    exit: 1,
    data: {
      commit: null,
      targets: [],
      disabled: ['production/fraud-detector'],
      problems: [
        {
          file: POLICY,
          line: 13,
          column: 15,
          message: expect.stringContaining('minSoke'),
          expected: expect.any(String),
          suggestion: 'did you mean `minSoak`',
        },
      ],
      unwatched: [],
    },
  });
});

test.each([
  ['a file that is not there', 'production/model.yaml', 'production/modle.yaml', 7, /no file/],
  ['a path that meets nothing', 'data.snapshot', 'data.snapshto', 12, /snapshto/],
  ['a version that does not match', 's3://models', 'gs://models', 9, /gs:\/\/models/],
])('pins that match nothing: %s', async (_, from, to, line, why) => {
  const { folder } = await withPolicy(SAMPLE_POLICY.replace(from, to));
  const { exit, out } = await stage.run(['validate', '--repo', folder]);
  expect(exit).toBe(1);
  expect(out).toMatch(new RegExp(`^\\.lastgood/fraud-detector\\.yaml:${line}:\\d+: `));
  expect(out).toMatch(why);
});

describe('what is checked', () => {
  test('files that are not committed yet, also from a folder within the clone', async () => {
    const { folder } = stage.repository(SAMPLE);
    await writeFile(join(folder, '.lastgood/other.yml'), 'model: fraud\n');
    await mkdir(join(folder, 'production/deep'));
    for (const repo of [folder, join(folder, 'production/deep')]) {
      const { exit, out } = await stage.run(['validate', '--repo', repo]);
      expect(exit).toBe(1);
      expect(out).toMatch(/^\.lastgood\/other\.yml:1:1: /);
    }
  });

  test('a manifest that is changed and not committed', async () => {
    const { folder } = stage.repository(SAMPLE);
    await writeFile(join(folder, 'production/model.yaml'), 'spec: {}\n');
    expect((await stage.run(['validate', '--repo', folder])).exit).toBe(1);
    expect((await stage.run(['validate', '--repo', folder, '--at', 'HEAD'])).exit).toBe(0);
  });

  test('with --at what was committed then', async () => {
    const broken = { '.lastgood/fraud-detector.yaml': 'model: [\n' };
    const { folder, oids } = stage.repository([
      ...SAMPLE,
      { message: 'Break the policy', at: november(14, 10), files: broken },
    ]);
    expect((await stage.run(['validate', '--repo', folder])).exit).toBe(1);
    const then = await stage.runJson(['validate', '--repo', folder, '--at', 'HEAD~1']);
    expect(then).toMatchObject({ exit: 0, data: { commit: oids[4], problems: [] } });
  });

  test('a bare repository has no files but those of its HEAD', async () => {
    const { bare, oids } = stage.repository(SAMPLE);
    expect(await stage.runJson(['validate', '--repo', bare])).toMatchObject({
      exit: 0,
      data: { commit: oids[4], targets: ['production/fraud-detector'] },
    });
  });

  test('a repository without any commit, whose files are there already', async () => {
    const folder = join(stage.root, 'fresh');
    git(stage.root, ['init', '--quiet', folder]);
    await mkdir(join(folder, '.lastgood'));
    await writeFile(join(folder, POLICY), SAMPLE_POLICY);
    const { exit, out } = await stage.run(['validate', '--repo', folder]);
    expect(exit).toBe(1);
    expect(out).toContain('There is no file production/model.yaml');
  });

  test('a symbolic link as git has it, because that is what a rollback would read', async () => {
    const { folder } = stage.repository(SAMPLE);
    const [file, elsewhere] = [join(folder, 'production/model.yaml'), join(folder, 'real.yaml')];
    await writeFile(elsewhere, modelFile('v4'));
    await rm(file);
    await symlink('../real.yaml', file);
    expect((await stage.run(['validate', '--repo', folder])).exit).toBe(1);
  });
});

describe('--policy', () => {
  test('takes one file from anywhere in place of the repository’s own', async () => {
    const { folder } = await withPolicy('model: [\n');
    const file = join(stage.root, 'elsewhere.yaml');
    await writeFile(file, SAMPLE_POLICY.replace('fraud-detector', 'chargeback'));
    for (const at of [[], ['--at', 'HEAD']]) {
      const args = ['validate', '--repo', folder, '--policy', file, ...at];
      expect(await stage.runJson(args)).toMatchObject({
        exit: 0,
        data: { targets: ['production/chargeback'] },
      });
    }
  });

  test('may extend a preset of the repository', async () => {
    const preset = { '.lastgood/presets/calm.yaml': 'respond: { critical: review }\n' };
    const { folder } = stage.repository([...SAMPLE, { message: 'Add a preset', files: preset }]);
    const file = join(stage.root, 'extending.yaml');
    await writeFile(file, `extends: calm\n${SAMPLE_POLICY}`);
    for (const at of [[], ['--at', 'HEAD']]) {
      const { exit } = await stage.run(['validate', '--repo', folder, '--policy', file, ...at]);
      expect(exit).toBe(0);
    }
    const before = ['validate', '--repo', folder, '--policy', file, '--at', 'HEAD~1'];
    expect(await stage.run(before)).toMatchObject({
      exit: 1,
      out: expect.stringContaining('there is no preset'),
    });
  });

  test.each([
    ['not-there.yaml', 3, /cannot be read \(ENOENT\)/],
    ['policy.txt', 2, /not YAML by its name/],
  ])('%s: exit %i', async (name, exit, why) => {
    const { folder } = stage.repository(SAMPLE);
    const ran = await stage.run(['validate', '--repo', folder, '--policy', name]);
    expect(ran).toMatchObject({ exit, out: '', error: expect.stringMatching(why) });
  });
});

test('no policies at all is no mistake, and is said', async () => {
  const { folder } = stage.repository([{ message: 'Start', files: { 'a.yaml': 'a: 1\n' } }]);
  const { exit, out } = await stage.run(['validate', '--repo', folder]);
  expect({ exit, out }).toEqual({
    exit: 0,
    out: 'No policy files: nothing is watched. Start with docs/policy.md.',
  });
});

test.each(['no-such-folder', '.'])('%s is no repository: exit 3', async (name) => {
  const folder = join(stage.root, name);
  const { exit, out, error } = await stage.run(['validate', '--repo', folder]);
  expect({ exit, out }).toEqual({ exit: 3, out: '' });
  expect(error).toBe(
    `There is no git repository at ${folder}. Name the folder of a clone of the manifests repository.`,
  );
});

test('a commit that is not there: exit 2', async () => {
  const { folder } = stage.repository(SAMPLE);
  const { exit, error } = await stage.run(['validate', '--repo', folder, '--at', 'v9']);
  expect(exit).toBe(2);
  expect(error).toContain('has no commit "v9"');
});
