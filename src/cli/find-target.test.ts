import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WrittenCommit } from '../../fixtures/git/write-history.ts';
import { featuresFile, modelFile, SAMPLE, SAMPLE_POLICY } from './sample.fixture.ts';
import { openStage, type Stage } from './stage.fixture.ts';

let stage: Stage;
let folder = '';
beforeAll(async () => {
  stage = await openStage();
  ({ folder } = stage.repository(SAMPLE));
});
afterAll(() => stage.close());

const TARGET = 'production/fraud-detector';

/** The sample with more commits after it. */
function sampleAnd(...commits: readonly WrittenCommit[]) {
  return stage.repository([...SAMPLE, ...commits]);
}

const staging = SAMPLE_POLICY.replace('production:', 'staging:').replaceAll(
  'production/',
  'staging/',
);
const twice: WrittenCommit = {
  message: 'Bring it to staging',
  files: {
    '.lastgood/staging.yaml': staging,
    'staging/model.yaml': modelFile('v5'),
    'staging/features.yaml': featuresFile('tx'),
  },
};

test('the model is enough where it runs in one environment', async () => {
  const { data } = await stage.runJson(['history', 'fraud-detector', '--repo', folder]);
  expect(data).toMatchObject({ target: TARGET });
});

test('several environments: exit 2, and which there are', async () => {
  const both = sampleAnd(twice);
  const ran = await stage.run(['history', 'fraud-detector', '--repo', both.folder]);
  expect(ran).toEqual({
    exit: 2,
    out: '',
    error:
      'fraud-detector runs in several environments. Name one of them: production/fraud-detector, staging/fraud-detector.',
  });
});

test('an environment whose policy is broken counts, so that nobody gets an answer about the other', async () => {
  const both = sampleAnd(twice, {
    message: 'Break production',
    files: { '.lastgood/fraud-detector.yaml': SAMPLE_POLICY.replace('minSoak', 'minSoke') },
  });
  const ran = await stage.run(['history', 'fraud-detector', '--repo', both.folder]);
  expect(ran).toMatchObject({ exit: 2, error: expect.stringContaining('several environments') });
});

test.each([
  ['production/fraud-detectr', 'production/fraud-detector'],
  ['fraud-detectr', 'fraud-detector'],
])('%s is unknown: exit 2, did you mean %s', async (name, meant) => {
  const ran = await stage.run(['history', name, '--repo', folder]);
  expect(ran).toEqual({
    exit: 2,
    out: '',
    error: `No policy names the target ${name}. Did you mean ${meant}? Known: production/fraud-detector.`,
  });
});

test('no policy at all: exit 2, and how to bring one', async () => {
  const bare = stage.repository([{ message: 'Start', files: { a: '1' } }]);
  const { exit, error } = await stage.run(['history', 'x', '--repo', bare.folder]);
  expect(exit).toBe(2);
  expect(error).toContain('No policy names any target as of this commit; --policy takes');
});

test('a target whose policy has mistakes: exit 1, with the mistakes', async () => {
  const broken = sampleAnd({
    message: 'Break the policy',
    files: { '.lastgood/fraud-detector.yaml': SAMPLE_POLICY.replace('minSoak', 'minSoke') },
  });
  for (const name of [TARGET, 'fraud-detector']) {
    const ran = await stage.run(['history', name, '--repo', broken.folder]);
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.error).toMatch(
      /^The policy of production\/fraud-detector has mistakes:\n\.lastgood\/fraud-detector\.yaml:13:15: /,
    );
  }
  const { exit, data } = await stage.runJson(['history', TARGET, '--repo', broken.folder]);
  expect(exit).toBe(1);
  expect(data).toMatchObject({ error: { exit: 1, problems: [{ line: 13, column: 15 }] } });
});
