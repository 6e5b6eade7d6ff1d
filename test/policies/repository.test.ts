import { expect, test } from 'vitest';
import { HOUR } from '../../src/time.ts';
import { BAD, GOOD, useStories, type Model } from '../stories/support.ts';
import { commitFiles } from './support.ts';

const stories = useStories();
const FILE = '.lastgood/repository.yaml';
const outcome = async (model: Model) =>
  `${model
    .pulls()
    .map(({ state, mergeCommit }) => (mergeCommit ? 'merged' : state))
    .join()} ${(await model.runs()).model}`;

test("the repository's budget of merges holds over all of its targets, and then people decide", async () => {
  await commitFiles(stories, { [FILE]: 'limits: { merge: 1 per 24h, open: 3 per 24h }\n' });
  const models = [
    await stories.plant('budget-one'),
    await stories.plant('budget-two'),
    await stories.plant('budget-three'),
    await stories.plant('budget-four'),
  ];
  const told: string[] = [];
  for (const model of models) told.push((await stories.alert(model))[0] ?? 'nothing');
  expect(told).toMatchInlineSnapshot(`
    [
      "Rolling back production/budget-one now: ScoresDrift is critical, and the policy says merge for that.",
      "Opening a rollback of production/budget-two for review: 1 rollback of the whole repository was merged automatically within 1d, and the policy allows 1. There is room again at <time>. Approve it to roll back, or close it.",
      "Opening a rollback of production/budget-three for review: 1 rollback of the whole repository was merged automatically within 1d, and the policy allows 1. There is room again at <time>. Approve it to roll back, or close it.",
      "People are needed for production/budget-four: 3 rollbacks of the whole repository were opened within 1d, and the policy allows 3. There is room again at <time>.",
    ]
  `);
  expect(await Promise.all(models.map(outcome))).toEqual([
    `merged ${GOOD.model}`,
    `open ${BAD.model}`,
    `open ${BAD.model}`,
    ` ${BAD.model}`,
  ]);
});

test('a budget that cannot be read allows no merge by itself, and says where', async () => {
  await stories.pass(25 * HOUR);
  const told = await commitFiles(stories, { [FILE]: 'limits: { merge: many }\n' });
  expect(told).toMatchInlineSnapshot(`
    [
      ".lastgood/repository.yaml:1:18: \`limits.merge\` is "many", which is not a budget; expected a number and a length of time, such as \`2 per 24h\` (\`0 per 24h\` allows none)",
    ]
  `);
  const model = await stories.plant('unbudgeted');
  expect((await stories.alert(model))[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/unbudgeted for review: .lastgood/repository.yaml cannot be read, so nobody knows how much may merge by itself, and nothing does. .lastgood/repository.yaml:1:18: \`limits.merge\` is "many", which is not a budget; expected a number and a length of time, such as \`2 per 24h\` (\`0 per 24h\` allows none). Run lastgood validate, and mend the file. Approve it to roll back, or close it."`,
  );
  expect(await outcome(model)).toBe(`open ${BAD.model}`);
});

test('two files of settings: neither is chosen, so nothing merges by itself', async () => {
  await commitFiles(stories, { [FILE]: 'limits: { merge: 50 per 24h }\n' });
  const second = '.lastgood/repository.yml';
  const told = await commitFiles(stories, { [second]: 'limits: { merge: 500 per 24h }\n' });
  expect(told).toMatchInlineSnapshot(`
    [
      ".lastgood/repository.yml:1:1: .lastgood/repository.yaml has the settings of the repository already; expected one of the two files; remove one of them",
    ]
  `);
  const model = await stories.plant('torn');
  await stories.alert(model);
  expect(await outcome(model)).toBe(`open ${BAD.model}`);
  await commitFiles(stories, { [second]: null });
});

test('the way of merging is the repository’s', async () => {
  await commitFiles(stories, { [FILE]: 'limits: { merge: 50 per 24h }\nmergeMethod: rebase\n' });
  const model = await stories.plant('rebased');
  await stories.alert(model);
  expect(await outcome(model)).toBe(`merged ${GOOD.model}`);
  const [head] = await stories.repository.log('main', 1);
  expect(head?.parents).toHaveLength(1);
  expect(head?.subject).not.toContain('#');
});
