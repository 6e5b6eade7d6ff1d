import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SharedDatabase } from '../../fixtures/process/shared-database.ts';
import { mergesAllowed } from './invariants/merges-allowed.ts';
import { noMixedPair } from './invariants/no-mixed-pair.ts';
import { featuresFile, featuresText } from './manifests.ts';
import { openMemoryDatabase } from './memory-database.ts';
import { createRandom } from './random.ts';
import { run } from './run.ts';
import { alert } from './steps/alert.ts';
import { openRollbacks } from './steps/step.ts';
import { openWorld, type World } from './world.ts';

/** The seeds that CI plays are a step of its own; here is shown that a replay is one, and that violations are seen. */
let database: SharedDatabase;
beforeAll(async () => {
  database = await openMemoryDatabase();
});
afterAll(() => database.close());

test('a seed plays the same steps again', async () => {
  const [one, other] = [await run({ seed: 3, database }), await run({ seed: 3, database })];
  expect(one.violations).toEqual([]);
  expect(one.steps.length).toBeGreaterThan(7);
  expect(other.steps).toEqual(one.steps);
});

/** A world in which a rollback waits for review. */
async function worldWithOpenRollback(): Promise<World> {
  for (let seed = 1; ; seed += 1) {
    const random = createRandom(seed);
    const world = await openWorld({ seed, random, database });
    await alert.perform(world, random);
    await world.quiet();
    const { protectedBranch, models } = world.beginning;
    if (openRollbacks(world).length === 1 && !protectedBranch && models.length === 1) return world;
    await world.close();
  }
}

/** Merges as the App would, which Lastgood never does by itself here. */
async function mergeAsLastgood({ hub, app, repository }: World, number: number): Promise<void> {
  const { token } = app.token();
  const url = `${hub.url}/repos/${repository.fullName}/pulls/${number}/merge`;
  const headers = { authorization: `token ${token}` };
  const answer = await hub.fetch(url, {
    method: 'PUT',
    headers,
    body: '{"merge_method":"squash"}',
  });
  expect(answer.status).toBe(200);
}

test('a merge without the approvals that the policy asks for is seen', async () => {
  const world = await worldWithOpenRollback();
  expect(mergesAllowed.after?.(world)).toEqual([]);
  await mergeAsLastgood(world, openRollbacks(world)[0]?.number ?? 0);
  expect(mergesAllowed.after?.(world)).toEqual([
    expect.stringMatching(/^#1 \(lastgood\/production\/fraud\/.*0 of \d approvals/),
  ]);
  await world.close();
});

test('a mixed pair that is left standing is seen', async () => {
  const world = await worldWithOpenRollback();
  for (const replica of world.replicas) replica.kill();
  const [pull] = openRollbacks(world);
  await mergeAsLastgood(world, pull?.number ?? 0);
  expect(await noMixedPair.after?.(world)).toEqual([]);
  const commit = world.git.history.commit(world.repository.head() ?? '');
  await world.repository.commit({
    by: 'mallory',
    message: commit.message,
    files: { [featuresFile('fraud')]: featuresText('fraud', 'f-99') },
  });
  expect(await noMixedPair.after?.(world)).toEqual([
    expect.stringMatching(/^fraud runs 1\.10 with f-99/),
  ]);
  await world.close();
});
