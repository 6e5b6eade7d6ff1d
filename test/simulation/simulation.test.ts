import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Comment } from '../../fixtures/hub/state.ts';
import type { SharedDatabase } from '../../fixtures/process/shared-database.ts';
import { commandsAnswered } from './invariants/commands-answered.ts';
import { commandsByRole } from './invariants/commands-by-role.ts';
import { mergesAllowed } from './invariants/merges-allowed.ts';
import { noMixedPair } from './invariants/no-mixed-pair.ts';
import { featuresFile, featuresText } from './manifests.ts';
import { openMemoryDatabase } from './memory-database.ts';
import { drawBeginning } from './model.ts';
import { observe } from './observe.ts';
import { createRandom } from './random.ts';
import type { SaidCommand } from './record.ts';
import { run } from './run.ts';
import { modelStateAt, STATE_BRANCH, stopsAt, targetFile } from './state-branch.ts';
import { alert } from './steps/alert.ts';
import { takeDown } from './steps/say.ts';
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

/** A world in which people talk to Lastgood, and where an issue to talk below is open. */
async function worldWithTalk(): Promise<{ readonly world: World; readonly number: number }> {
  for (let seed = 1; ; seed += 1) {
    const random = createRandom(seed);
    if (drawBeginning(random).talk?.public !== false) continue;
    const world = await openWorld({ seed, random: createRandom(seed), database });
    const { hub, repository } = world;
    const { number } = await hub.as('bob').openIssue(repository, { title: 'A night' });
    await world.quiet();
    return { world, number };
  }
}

/** Says something as a person of the run does. */
async function told(
  world: World,
  number: number,
  login: string,
  command: SaidCommand,
  text: string,
): Promise<void> {
  const moment = observe(world);
  const { id } = world.hub.as(login).comment(world.repository, number, text);
  takeDown(world, { moment, kind: 'comment', id, number, login, commands: [command] });
  await world.quiet();
}

test('an answer that comes twice, or not at all, is seen', async () => {
  const { world, number } = await worldWithTalk();
  const { repository } = world;
  await told(world, number, 'carol', { name: 'freeze' }, '/freeze I may not');
  expect(commandsAnswered.after?.(world)).toEqual([]);
  const answers = repository.comments(number) as Comment[];
  const [first] = answers.splice(1);
  expect(commandsAnswered.after?.(world)).toEqual(["carol's /freeze below #1 is not answered"]);
  if (first) answers.push(first, first);
  expect(commandsAnswered.after?.(world)).toEqual(["carol's /freeze below #1 is answered 2 times"]);
  await world.close();
});

test('a hold that nobody lifted who may, and one that nobody said, are seen', async () => {
  const { world, number } = await worldWithTalk();
  const { record, beginning } = world;
  const model = beginning.models[0]?.name ?? '';
  const target = `production/${model}`;
  await told(world, number, 'carol', { name: 'hold', model }, `/hold ${target} A look`);
  await told(world, number, 'mallory', { name: 'unhold', model }, `/unhold ${target}`);
  expect(record.states).toHaveLength(1);
  await told(world, number, 'alice', { name: 'unhold', model }, `/unhold ${target}`);
  expect(commandsByRole.after?.(world)).toEqual([]);
  const lifted = record.said.splice(2);
  expect(commandsByRole.after?.(world)).toEqual([
    expect.stringMatching(/^the hold of \w+ by carol was lifted/),
  ]);
  record.said.splice(0, 1, ...lifted);
  expect(commandsByRole.after?.(world)).toEqual([
    expect.stringMatching(/^the hold of \w+ by carol in .* was never said/),
  ]);
  await world.close();
});

test('a hold stands in the way of a merge', async () => {
  const { world, number } = await worldWithTalk();
  const model = world.beginning.models[0]?.name ?? '';
  const text = `/hold production/${model} A look`;
  await told(world, number, 'carol', { name: 'hold', model }, text);
  const moment = world.record.moments.at(-1);
  expect(moment && stopsAt(world, moment, model)).toMatchObject({ held: true, untrusted: false });
  await world.close();
});

test('a file of the state that somebody emptied says nothing, and what stood there comes back', async () => {
  const { world, number } = await worldWithTalk();
  const { hub, record, repository, beginning } = world;
  const model = beginning.models[0]?.name ?? '';
  const empty = { message: 'Tidy', files: { [targetFile(model)]: '# nothing to see\n' } };
  await told(world, number, 'carol', { name: 'hold', model }, `/hold production/${model} A look`);
  await hub.as('mallory').push(repository, STATE_BRANCH, empty);
  await world.quiet();
  await told(world, number, 'mallory', { name: 'freeze' }, '/freeze A look');
  const moment = record.moments.at(-1);
  expect(moment && stopsAt(world, moment, model)).toMatchObject({ held: true, broken: true });
  expect(commandsByRole.after?.(world)).toEqual([]);
  const mended = { message: 'Mend', files: { [targetFile(model)]: null } };
  await hub.as('mallory').push(repository, STATE_BRANCH, mended);
  await world.quiet();
  await told(world, number, 'bob', { name: 'unfreeze' }, '/unfreeze');
  expect(modelStateAt(world, repository.head(STATE_BRANCH), model).hold?.login).toBe('carol');
  expect(commandsByRole.after?.(world)).toEqual([]);
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
