import { expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/time.ts';
import { GOOD, useStories, type Model } from './support.ts';

const stories = useStories();
const MERGED = 'Pull request #N merged by itself, as the policy allows.';
const NO_COOLDOWN = { cooldown: '1m' };

/** Ships another release, lets an hour pass, and sends an alert about it; answers what was told. */
async function nextBadRelease(model: Model, version: string): Promise<string[]> {
  await stories.pass(HOUR);
  await stories.after(() => model.ship({ model: version, features: `f-${version}` }));
  await stories.pass(HOUR);
  return stories.alert(model, { name: `Bad${version}`, version });
}

test('the cool-down: what fails again soon after a rollback is opened for review', async () => {
  const model = await stories.plant('cooling', { production: { limits: { cooldown: '3h' } } });
  await stories.alert(model);
  const told = await nextBadRelease(model, '1.12');
  expect(told).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/cooling for review: pull request #N rolled it back at <time>, and nothing merges by itself until <time>. Approve it to roll back, or close it.",
      "Planned to take production/cooling back to the release of <commit>: model 1.12 → 1.10 and features f-1.12 → f-10.",
      "Pull request #N opened: Roll back production/cooling: 1.12 → 1.10.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(model.pull().state).toBe('open');
});

test('the merge budget of a target: the third is opened for review, a day later it merges again', async () => {
  const model = await stories.plant('merge-budget', {
    production: { limits: { merge: '2 per 24h', ...NO_COOLDOWN }, target: { maxDepth: 9 } },
  });
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
  expect((await nextBadRelease(model, '1.12')).at(-1)).toBe(MERGED);
  const told = await nextBadRelease(model, '1.13');
  expect(told[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/merge-budget for review: 2 rollbacks of this target were merged automatically within 1d, and the policy allows 2. There is room again at <time>. Approve it to roll back, or close it."`,
  );
  expect(model.pull().body).toContain('2 rollbacks of this target were merged automatically');
  await stories.pass(DAY);
  expect((await nextBadRelease(model, '1.14')).at(-1)).toBe(MERGED);
});

test('the open budget of a target: people are told instead', async () => {
  const model = await stories.plant('open-budget', {
    production: { limits: { open: '1 per 24h', ...NO_COOLDOWN } },
  });
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
  expect(await nextBadRelease(model, '1.12')).toMatchInlineSnapshot(`
    [
      "People are needed for production/open-budget: 1 rollback of this target was opened within 1d, and the policy allows 1. There is room again at <time>.",
    ]
  `);
  expect(model.pulls()).toHaveLength(1);
});

test('the budget of the whole repository holds for all targets together', async () => {
  const { repository } = stories;
  const file = '.lastgood/repository.yaml';
  const before = (await repository.read(file)) ?? '';
  const one = await stories.plant('together-one');
  const two = await stories.plant('together-two');
  const limits = async (text: string) =>
    stories.after(() =>
      repository.commit({ by: 'bob', message: 'Change the limits', files: { [file]: text } }),
    );
  await stories.pass(2 * DAY);
  await limits('limits: { merge: 1 per 24h, open: 2 per 24h }\n');
  expect((await stories.alert(one)).at(-1)).toBe(MERGED);
  expect((await stories.alert(two))[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/together-two for review: 1 rollback of the whole repository was merged automatically within 1d, and the policy allows 1. There is room again at <time>. Approve it to roll back, or close it."`,
  );
  const three = await stories.plant('together-three');
  expect(await stories.alert(three)).toMatchInlineSnapshot(`
    [
      "People are needed for production/together-three: 2 rollbacks of the whole repository were opened within 1d, and the policy allows 2. There is room again at <time>.",
    ]
  `);
  await limits(before);
});

test('a release that ran well for longer than the policy trusts: opened for review', async () => {
  const model = await stories.plant('aged', { badAge: 8 * DAY });
  expect((await stories.alert(model))[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/aged for review: the release that runs came 8d ago, and the policy merges by itself only within 7d. Approve it to roll back, or close it."`,
  );
  expect(model.pull().state).toBe('open');
});

test('what a rollback brought fails too: never rolled back by itself', async () => {
  const model = await stories.plant('twice-bad', {
    production: { limits: NO_COOLDOWN, target: { minSoak: '1h', maxDepth: 9 } },
  });
  await stories.alert(model);
  await stories.pass(HOUR);
  const told = await stories.alert(model, { name: 'StillBad', version: '1.10' });
  expect(told[0]).toMatchInlineSnapshot(
    `"Opening a rollback of production/twice-bad for review: the release that runs came by a rollback itself, and Lastgood never undoes one by itself. Approve it to roll back, or close it."`,
  );
  expect(told[1]).toContain('model 1.10 → 1.9');
  expect(await model.runs()).toEqual(GOOD);
  expect(model.pull().state).toBe('open');
});

test('two alerts about one release at once: one pull request', async () => {
  const model = await stories.plant('two-alerts');
  await stories.alert(model, { name: 'First', severity: 'medium' });
  const told = await stories.alert(model, { name: 'Second', severity: 'medium' });
  expect(told).toMatchInlineSnapshot(`
    [
      "Recorded for production/two-alerts, nothing changed: pull request #N for this release is open already and goes on.",
    ]
  `);
  expect(model.pulls()).toHaveLength(1);
});

test('no earlier release is good: people are told, and why', async () => {
  const model = await stories.plant('no-way-back', {
    production: { target: { minSoak: '30d' } },
  });
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "People are needed for production/no-way-back: there is no good release to go back to. 1.10 (<commit>): It ran for 8d 19h only, less than the policy asks of a good release (target.minSoak). 1.9 (<commit>): It ran for 11d only, less than the policy asks of a good release (target.minSoak). Ship a good one, or name a fallback in the policy.",
    ]
  `);
});

test('no earlier release is good, and the policy names a fallback: taken', async () => {
  const model = await stories.plant('fallback', {
    production: {
      target: { minSoak: '30d' },
      fallback: { model: 's3://models/fallback/rules-v1/model', features: 'none' },
    },
  });
  const told = await stories.alert(model);
  expect(told.slice(1)).toMatchInlineSnapshot(`
    [
      "Planned to take production/fallback back to the fallback of the policy: model 1.11 → rules-v1.",
      "Pull request #N opened: Roll back production/fallback: 1.11 → fallback rules-v1.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await model.runs()).toEqual({ model: 'rules-v1', features: 'f-11' });
});
