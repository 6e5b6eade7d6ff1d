import { expect, test } from 'vitest';
import { DAY } from '../../src/time.ts';
import { useStories } from './support.ts';

const stories = useStories();

/** The requests of one sweep, without those of git. `node` is a list or a pull request, `nodes` those of a list. */
const sweep = async () => (await stories.callsOf(() => stories.stage.serving.sweep())).sort();

const LISTS = ['node', 'node', 'node'];

test('three requests where nothing was rolled back lately', async () => {
  // Once for a target, the journal is asked how its drills went.
  expect(await sweep()).toEqual([...LISTS, 'node']);
  expect(await sweep()).toEqual(LISTS);
});

test('one more where something was, and one more until its roll-out is known', async () => {
  const model = await stories.plant('rolled-back');
  await stories.alert(model);
  const { mergedAt, mergeCommit } = model.pull();
  expect(mergedAt).toBeDefined();
  expect(await sweep()).toEqual([...LISTS, 'node', 'nodes']);
  await stories.after(() => stories.repository.deploy(mergeCommit ?? '', model.name, 'success'));
  expect(await sweep()).toEqual([...LISTS, 'nodes']);
});

test('three more for each open one, and nothing is written', async () => {
  const models = [await stories.plant('waits'), await stories.plant('waits-too')];
  for (const model of models) await stories.alert(model, { severity: 'medium' });
  const reads = models.flatMap(() => ['GET /pulls/N/commits', 'GET /pulls/N/reviews']).sort();
  const pulls = models.map(() => 'node');
  expect(await sweep()).toEqual([...reads, ...pulls, ...LISTS, 'nodes']);
  for (const model of models) {
    const { number } = model.pull();
    await stories.after(() => stories.as('alice').closePull(stories.repository, number));
  }
});

test('and three again when all of it is long ago', async () => {
  await stories.pass(50 * DAY);
  expect(await sweep()).toEqual(LISTS);
});
