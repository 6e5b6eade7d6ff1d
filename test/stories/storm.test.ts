import { beforeEach, expect, test } from 'vitest';
import type { SampleAlert } from '../../fixtures/hub/sample.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { messageFor, useStories, type Model } from './support.ts';

const stories = useStories(({ repository }) =>
  repository.commit({
    by: 'bob',
    message: 'Three models at once are a storm here',
    files: {
      '.lastgood/repository.yaml':
        'limits: { merge: 500 per 24h, open: 500 per 24h }\nstorm: { models: 3 in 10m }\n',
    },
  }),
);
const MERGED = 'Pull request #N merged by itself, as the policy allows.';

beforeEach(async () => {
  await stories.pass(DAY);
});

async function plantAll(...names: readonly string[]): Promise<Model[]> {
  const models: Model[] = [];
  for (const name of names) models.push(await stories.plant(name));
  return models;
}

/** What became of each model's rollback, and what runs. */
const outcomes = (models: readonly Model[]) =>
  Promise.all(
    models.map(async (model) => {
      const pulls = model.pulls().map(({ state, mergedAt }) => (mergedAt ? 'merged' : state));
      return `${model.name}: ${pulls.join() || 'none'}, ${(await model.runs()).model}`;
    }),
  );

/** Every model's alert in one delivery, as Alertmanager groups them. */
function alertAll(models: readonly Model[], said: Partial<SampleAlert> = {}): Promise<string[]> {
  return stories.after(() => {
    const messages = models.map((model) => messageFor(model, stories.time, said));
    const [first] = messages;
    const alerts = messages.flatMap((message) => message.alerts);
    return stories.stage.send('alertmanager', { ...first, alerts });
  });
}

const kinds = (from: number) =>
  stories.stage.journal
    .slice(from)
    .filter((entry) => (entry.kind === 'paged' ? entry.key : entry.kind).startsWith('storm'))
    .map(({ kind }) => kind);

test('one after another: the third is a storm, told once, and opened for review as those after it', async () => {
  const models = await plantAll('first', 'second', 'third', 'fourth');
  const from = stories.stage.journal.length;
  const all: string[][] = [];
  for (const model of models) {
    all.push(await stories.alert(model));
    await stories.pass(MINUTE);
  }
  expect(all[2]).toMatchInlineSnapshot(`
    [
      "A storm: 3 models began to fail within 10m (first, second and third), and the policy calls 3 a storm. So much at once is rarely the fault of a release: look for what the models share, a data source or the metrics themselves. Until it is over nothing merges by itself in this repository, and rollbacks are opened for review as far as the budget allows.",
      "Opening a rollback of production/third for review: 3 models of this repository began to fail within 10m, and the policy calls 3 a storm: so much at once is rarely the fault of a release. Nothing merges by itself until it is over. Approve it to roll back, or close it.",
      "Planned to take production/third back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/third: 1.11 → 1.10.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "A storm: 3 models began to fail within 10m (first, second and third), and the policy calls 3 a storm. So much at once is rarely the fault of a release: look for what the models share, a data source or the metrics themselves. Until it is over nothing merges by itself in this repository, and rollbacks are opened for review as far as the budget allows.",
    ]
  `);
  expect(all[3]?.[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/fourth for review: 4 models of this repository began to fail within 10m, and the policy calls 3 a storm: so much at once is rarely the fault of a release. Nothing merges by itself until it is over. Approve it to roll back, or close it."`,
  );
  expect(await outcomes(models)).toEqual([
    'first: merged, 1.10',
    'second: merged, 1.10',
    'third: open, 1.11',
    'fourth: open, 1.11',
  ]);
  expect(models[3]?.pull().body).toContain('4 models of this repository began to fail');
  await stories.alert(models[2] as Model, { name: 'ScoresDriftToo' });
  expect(kinds(from)).toEqual(['storm', 'paged']);
});

test('all in one delivery: none merges by itself', async () => {
  const models = await plantAll('wave-a', 'wave-b', 'wave-c');
  const from = stories.stage.journal.length;
  await alertAll(models);
  expect(await outcomes(models)).toEqual([
    'wave-a: open, 1.11',
    'wave-b: open, 1.11',
    'wave-c: open, 1.11',
  ]);
  expect(kinds(from)).toEqual(['storm', 'paged']);
  const pull = models[0]?.pull().number ?? 0;
  expect(
    (await stories.after(() => stories.as('alice').review(stories.repository, pull, 'approve'))).at(
      -1,
    ),
  ).toBe('Pull request #N merged as approved.');
});

test('two models are none, nor are three an hour apart, nor mild alerts', async () => {
  const models = await plantAll('apart-a', 'apart-b', 'apart-c', 'apart-d');
  const from = stories.stage.journal.length;
  for (const model of models) {
    expect((await stories.alert(model)).at(-1)).toBe(MERGED);
    await stories.pass(6 * MINUTE);
  }
  await stories.pass(HOUR);
  const mild = await plantAll('mild-a', 'mild-b', 'mild-c');
  await alertAll(mild.slice(0, 2), { severity: 'low' });
  expect((await stories.alert(mild[2] as Model)).at(-1)).toBe(MERGED);
  expect(kinds(from)).toEqual([]);
});

test('what was about to merge waits, and goes on when the storm is over if its alert still fires', async () => {
  const models = await plantAll('caught', 'caught-too', 'gust-a', 'gust-b');
  const [caught, caughtToo, ...gusts] = models as [Model, Model, Model, Model];
  stories.repository.rules({ checks: { required: [{ context: 'validate' }] } });
  await stories.alert(caught);
  await stories.alert(caughtToo);
  stories.repository.clearRules();
  const begins = await alertAll(gusts);
  expect(begins.filter((sentence) => sentence.startsWith('A storm'))).toHaveLength(2);
  const held = begins.filter((sentence) => sentence.includes('when the storm is over'));
  expect(held).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for an approval, because so many models fail at once that nothing merges by itself. Approve it to roll back, or close it; when the storm is over and its alert still fires, it goes on by itself. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "Pull request #N waits for an approval, because so many models fail at once that nothing merges by itself. Approve it to roll back, or close it; when the storm is over and its alert still fires, it goes on by itself. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect((await outcomes(models)).slice(0, 2)).toEqual([
    'caught: open, 1.11',
    'caught-too: open, 1.11',
  ]);
  await stories.pass(2 * MINUTE);
  const over = { status: 'resolved', endsAt: stories.time.clock() } as const;
  await stories.alert(caughtToo, over);
  await alertAll(gusts, over);
  // As long as a window, in which the others may resolve as well.
  expect(await stories.pass(9 * MINUTE)).toEqual([]);
  expect(await stories.pass(MINUTE)).toMatchInlineSnapshot(`
    [
      "The storm is over: fewer than 3 models fail together. What fails from now on is rolled back as its policy says. A rollback that waits for an approval since the storm goes on by itself only if its alert still fires; approve the others, or close them.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await outcomes(models)).toEqual([
    'caught: merged, 1.10',
    'caught-too: open, 1.11',
    'gust-a: open, 1.11',
    'gust-b: open, 1.11',
  ]);
});

test('what the storm opened for review goes on by itself when its alert is heard after it', async () => {
  const models = await plantAll('heard', 'hushed-a', 'hushed-b');
  await alertAll(models);
  await stories.pass(MINUTE);
  await alertAll(models.slice(1), { status: 'resolved', endsAt: stories.time.clock() });
  await stories.pass(HOUR);
  expect((await outcomes(models))[0]).toBe('heard: open, 1.11');
  expect((await stories.alert(models[0] as Model)).at(-1)).toBe(MERGED);
});

test('after a restart it lasts and is not told again; with the database lost, rollbacks tell of it', async () => {
  const models = await plantAll('kept-a', 'kept-b', 'kept-c', 'kept-d', 'kept-e');
  await alertAll(models.slice(0, 3));
  const from = stories.stage.journal.length;
  await stories.after(() => stories.stage.restart());
  expect((await stories.alert(models[3] as Model))[0]).toContain('4 models of this repository');
  await stories.after(() => stories.stage.restart({ loseDatabase: true }));
  expect((await stories.alert(models[4] as Model))[0]).toContain('5 models of this repository');
  expect(kinds(from)).toEqual([]);
  await stories.pass(HOUR);
  expect(kinds(from)).toEqual(['storm-over']);
});

test('a repository in a storm says so of an alert that no rollback can follow', async () => {
  const models = await plantAll('over-a', 'over-b', 'over-c');
  await stories.after(() =>
    stories.repository.commit({
      by: 'bob',
      message: 'Allow nothing to be opened',
      files: {
        '.lastgood/repository.yaml': 'limits: { open: 0 per 24h }\nstorm: { models: 3 in 10m }\n',
      },
    }),
  );
  const said = await alertAll(models);
  expect(said).toHaveLength(5);
  expect(said[0]).toContain('A storm: 3 models');
  expect(said[1]).toContain('0 rollbacks of the whole repository were opened');
});
