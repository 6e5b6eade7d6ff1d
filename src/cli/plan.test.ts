import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WrittenCommit } from '../../fixtures/git/write-history.ts';
import { writeTrailers } from '../journal/write-trailers.ts';
import { applyPatch } from './apply-patch.fixture.ts';
import { featuresFile, modelFile, SAMPLE, SAMPLE_POLICY } from './sample.fixture.ts';
import { november, openStage, type Stage } from './stage.fixture.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const TARGET = 'production/fraud-detector';
const POLICY = '.lastgood/fraud-detector.yaml';
const MODEL = 'production/model.yaml';
const FEATURES = 'production/features.yaml';

function sampleAnd(...commits: readonly WrittenCommit[]) {
  return stage.repository([...SAMPLE, ...commits]);
}

test('what a rollback would do, for people', async () => {
  const { folder } = stage.repository(SAMPLE);
  const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder]);
  expect(exit).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "Target       production/fraud-detector
    Runs         bd41a116706a of 2026-11-12 15:00:00 UTC by Chen Wei: Release fraud-detector v4
    Goes to      7e550746999d of 2026-11-05 09:00:00 UTC by Chen Wei: Release fraud-detector v2
    Because      it is the newest earlier release that is good by the policy
    Sets         model: v4 → v2 (production/model.yaml:7)
    Sets         features: tx-2026-11-11 → tx-2026-11-04 (production/features.yaml:4)
    Passed over  e127e3413ce3 It ran for 6h only, less than the policy asks of a good release (target.minSoak).
    Left alone   f374c3c995e1 Give the fraud model more memory (production/model.yaml)

    diff --git a/production/model.yaml b/production/model.yaml
    --- a/production/model.yaml
    +++ b/production/model.yaml
    @@ -4,6 +4,6 @@
     spec:
       predictor:
         model:
    -      storageUri: s3://models/fraud/v4 # set by the release job
    +      storageUri: s3://models/fraud/v2 # set by the release job
           resources:
             limits: { memory: 4Gi }
    diff --git a/production/features.yaml b/production/features.yaml
    --- a/production/features.yaml
    +++ b/production/features.yaml
    @@ -1,4 +1,4 @@
     kind: ConfigMap
     metadata: { name: fraud-features }
     data:
    -  snapshot: tx-2026-11-11
    +  snapshot: tx-2026-11-04"
  `);
});

test('as JSON, every field', async () => {
  const { folder, oids } = stage.repository(SAMPLE);
  const { exit, data } = await stage.runJson(['plan', TARGET, '--repo', folder]);
  expect(exit).toBe(0);
  expect(data).toEqual({
    target: TARGET,
    commit: oids[4],
    asOf: '2026-11-14T12:00:00.000Z',
    how: 'newest-good',
    why: null,
    runningIsRollback: false,
    backtest: null,
    passedOver: [
      {
        commit: oids[2],
        reason: 'too-short-soak',
        sentence:
          'It ran for 6h only, less than the policy asks of a good release (target.minSoak).',
      },
    ],
    plan: {
      target: { environment: 'production', model: 'fraud-detector' },
      base: oids[4],
      bad: {
        commit: oids[3],
        at: november(12, 15) * 1000,
        author: 'Chen Wei',
        subject: 'Release fraud-detector v4',
        versions: { model: 'v4', features: 'tx-2026-11-11' },
      },
      goal: {
        kind: 'release',
        commit: oids[1],
        at: november(5) * 1000,
        author: 'Chen Wei',
        subject: 'Release fraud-detector v2',
        versions: { model: 'v2', features: 'tx-2026-11-04' },
      },
      edits: [
        {
          pin: 'model',
          component: 'model',
          file: MODEL,
          line: 7,
          from: 'v4',
          to: 'v2',
          before: 's3://models/fraud/v4',
          after: 's3://models/fraud/v2',
        },
        {
          pin: 'features',
          component: 'features',
          file: FEATURES,
          line: 4,
          from: 'tx-2026-11-11',
          to: 'tx-2026-11-04',
          before: 'tx-2026-11-11',
          after: 'tx-2026-11-04',
        },
      ],
      files: [
        {
          path: MODEL,
          mode: '100644',
          before: modelFile('v4', '4Gi'),
          after: modelFile('v2', '4Gi'),
        },
        {
          path: FEATURES,
          mode: '100644',
          before: featuresFile('tx-2026-11-11'),
          after: featuresFile('tx-2026-11-04'),
        },
      ],
      leftAlone: [
        {
          commit: oids[4],
          at: november(13) * 1000,
          author: 'Ada Lovelace',
          subject: 'Give the fraud model more memory',
          files: [MODEL],
        },
      ],
    },
    diff: expect.stringMatching(/^diff --git a\/production\/model\.yaml /),
  });
});

describe('--to', () => {
  test('goes to the version asked for, though it ran too short or lies far back', async () => {
    const { folder } = stage.repository(SAMPLE);
    for (const version of ['v3', 'v1']) {
      const args = ['plan', TARGET, '--repo', folder, '--to', version];
      expect(await stage.runJson(args)).toMatchObject({
        exit: 0,
        data: { how: 'requested', plan: { goal: { versions: { model: version } } } },
      });
      const { out } = await stage.run(args);
      expect(out).toContain('Because      it is the newest earlier release with the version asked');
      expect(out).not.toContain('Passed over');
    }
  });

  test('an unknown version: exit 1, the nearest and the newest that ran', async () => {
    const { folder } = stage.repository(SAMPLE);
    const ran = await stage.run(['plan', TARGET, '--repo', folder, '--to', 'v33']);
    expect(ran).toEqual({
      exit: 1,
      out: 'production/fraud-detector cannot be rolled back: none of the 3 earlier releases runs the version v33. Did you mean v3? The newest that ran: v3, v2 and v1.',
      error: '',
    });
  });

  test('the version that runs already: exit 1', async () => {
    const { folder } = stage.repository(SAMPLE);
    const ran = await stage.run(['plan', TARGET, '--repo', folder, '--to', 'v4']);
    expect(ran).toMatchObject({ exit: 1 });
    expect(ran.out).toBe(
      'production/fraud-detector cannot be rolled back: the version v4 is what runs, and no earlier release had it with anything else.',
    );
  });
});

describe('no goal: exit 1', () => {
  test('every release is too young', async () => {
    const files = { [POLICY]: SAMPLE_POLICY.replace('24h', '30d') };
    const { folder, oids } = sampleAnd({ message: 'Be strict', files });
    const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder]);
    expect(exit).toBe(1);
    expect(out.split('\n')).toEqual([
      'production/fraud-detector cannot be rolled back: none of the 3 earlier releases looked at is good, and the policy has no fallback.',
      ...[2, 1, 0].map((i) => expect.stringContaining(`Passed over  ${oids[i]?.slice(0, 12)} It`)),
    ]);
    expect(await stage.runJson(['plan', TARGET, '--repo', folder])).toMatchObject({
      exit: 1,
      data: {
        plan: null,
        diff: null,
        how: null,
        why: expect.stringContaining('none of the 3 earlier releases'),
        passedOver: [
          { reason: 'too-short-soak' },
          { reason: 'too-short-soak' },
          { reason: 'too-short-soak' },
        ],
      },
    });
  });

  test('the first release runs', async () => {
    const { folder } = stage.repository(SAMPLE.slice(0, 1));
    const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder]);
    expect(exit).toBe(1);
    expect(out).toContain('the release that runs is the first one');
  });

  test('what runs cannot be read', async () => {
    const { folder } = sampleAnd({ message: 'Break', files: { [MODEL]: 'a: [\n' } });
    const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder]);
    expect(exit).toBe(1);
    expect(out).toMatch(
      /cannot be rolled back: what runs at \w{12} cannot be read\. model: .*YAML/,
    );
  });

  test('a pin that cannot be set: the other is not set either', async () => {
    const shared = (version: string) => ({
      [FEATURES]: `base: &base ${version}\ndata:\n  snapshot: *base\n`,
    });
    const { folder } = stage.repository([
      ...SAMPLE.slice(0, 1),
      { message: 'two', at: november(5), files: { ...shared('a'), [MODEL]: modelFile('v2') } },
      { message: 'three', at: november(9), files: { ...shared('b'), [MODEL]: modelFile('v3') } },
    ]);
    const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder]);
    expect(exit).toBe(1);
    expect(out).toContain('cannot be rolled back: The pin features in production/features.yaml');
    expect(out).not.toContain('diff --git');
  });
});

test('the fallback, where no release is good', async () => {
  const policy = `${SAMPLE_POLICY.replace('24h', '30d')}    fallback: { model: 's3://models/fraud/rules', features: none }\n`;
  const { folder } = sampleAnd({ message: 'Be strict', files: { [POLICY]: policy } });
  const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder]);
  expect(exit).toBe(0);
  expect(out).toContain('Goes to      the fallback of the policy\n');
  expect(await applyPatch(folder, out, [MODEL])).toEqual([modelFile('rules', '4Gi')]);
  const { data } = await stage.runJson(['plan', TARGET, '--repo', folder]);
  expect(data).toMatchObject({ how: 'fallback', plan: { goal: { kind: 'fallback' } } });
});

test('what runs was brought by a rollback: that is said', async () => {
  const base = stage.repository(SAMPLE);
  const [, good = '', , bad = '', head = ''] = base.oids;
  const message = `Roll back\n\n${writeTrailers({
    target: { environment: 'production', model: 'fraud-detector' },
    mode: 'automatic',
    badCommit: bad,
    goalCommit: good,
    base: head,
    from: { model: 'v4', features: 'tx-2026-11-11' },
    to: { model: 'v2', features: 'tx-2026-11-04' },
    alert: { name: 'Drift', source: 'alertmanager', severity: 'critical' },
    firstSeen: 0,
    decidedAt: 0,
    policy: { file: POLICY, commit: head },
  })}\n`;
  const files = { [MODEL]: modelFile('v2', '4Gi'), [FEATURES]: featuresFile('tx-2026-11-04') };
  const { folder } = sampleAnd({ message, at: november(13, 12), files });
  const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder]);
  expect(exit).toBe(1);
  expect(out).toContain('It was rolled back from before.');
  expect(await stage.runJson(['plan', TARGET, '--repo', folder])).toMatchObject({
    data: { runningIsRollback: true },
  });
});

describe('--at', () => {
  test('plans as of then: on that commit, by the policy of then, with its time as now', async () => {
    const { folder, oids } = stage.repository(SAMPLE);
    const args = ['plan', TARGET, '--repo', folder, '--at', oids[2] ?? ''];
    const ran = await stage.run(args);
    expect(ran.out).toContain('Sets         model: v3 → v2');
    const later = await stage.run(args, { now: Date.UTC(2030, 0, 1) });
    expect(later).toEqual(ran);
    expect(await stage.runJson(args)).toMatchObject({
      data: { commit: oids[2], asOf: '2026-11-12T09:00:00.000Z', plan: { base: oids[2] } },
    });
  });

  test('the files in the folder do not matter', async () => {
    const { folder } = stage.repository(SAMPLE);
    const before = await stage.run(['plan', TARGET, '--repo', folder]);
    await writeFile(join(folder, MODEL), 'not: committed\n');
    expect(await stage.run(['plan', TARGET, '--repo', folder])).toEqual(before);
  });
});

test('--policy brings a policy that the repository does not have', async () => {
  const [first, ...rest] = SAMPLE;
  const { [POLICY]: _, ...files } = first?.files ?? {};
  const { folder } = stage.repository([{ message: 'Start', ...first, files }, ...rest]);
  const file = join(stage.root, 'mine.yaml');
  await writeFile(file, SAMPLE_POLICY);
  expect((await stage.run(['plan', TARGET, '--repo', folder])).exit).toBe(2);
  const { exit, out } = await stage.run(['plan', TARGET, '--repo', folder, '--policy', file]);
  expect(exit).toBe(0);
  expect(out).toContain('Sets         model: v4 → v2');
});
