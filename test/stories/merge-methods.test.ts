import { expect, test } from 'vitest';
import { readTrailers } from '../../src/journal/read-trailers.ts';
import { DAY, HOUR } from '../../src/time.ts';
import { GOOD, ROOMY, useStories, type Model } from './support.ts';

const stories = useStories();
const MERGED = 'Pull request #N merged by itself, as the policy allows.';

const useMethod = (method: 'squash' | 'merge' | 'rebase') =>
  stories.after(() =>
    stories.repository.commit({
      by: 'bob',
      message: `Merge by ${method}`,
      files: {
        '.lastgood/repository.yaml': `mergeMethod: ${method}\n${ROOMY}`,
      },
    }),
  );

/** A release after the rollback goes bad; what it is rolled back to. */
async function secondBadNight(model: Model): Promise<string | undefined> {
  await stories.pass(HOUR);
  await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  await stories.pass(HOUR);
  const told = await stories.alert(model, { name: 'SecondNight', version: '1.12' });
  expect(told.at(-1)).toBe(MERGED);
  return told.find((line) => line.startsWith('Planned'));
}

/** What was rolled back from ran long enough to pass for good, so that only its record keeps it out. */
const LONG_RUN = { badAge: 3 * DAY, production: { target: { maxDepth: 9 } } };

test.each(['squash', 'merge', 'rebase'] as const)(
  '%s: the record is in the history, and the second bad night chooses rightly',
  async (method) => {
    await useMethod(method);
    const model = await stories.plant(`by-${method}`, LONG_RUN);
    const before = stories.repository.head();
    expect((await stories.alert(model)).at(-1)).toBe(MERGED);
    const [merged] = await stories.repository.log('main', 1);
    expect(merged?.oid).toBe(model.pull().mergeCommit);
    expect(merged?.parents[0]).toBe(before);
    expect(merged?.parents).toHaveLength(method === 'merge' ? 2 : 1);
    const reading = readTrailers(merged?.message ?? '');
    expect(reading.ok && reading.record).toMatchObject({ mode: 'automatic', badCommit: model.bad });

    expect(await secondBadNight(model)).toBe(
      `Planned to take production/by-${method} back to the release of <commit>: model 1.12 → 1.10 and features f-12 → f-10.`,
    );
    expect(await model.runs()).toEqual(GOOD);
  },
);

test.each(['squash', 'merge', 'rebase'] as const)(
  'a person merges by the button with %s: what was rolled back from stays out as well',
  async (method) => {
    const model = await stories.plant(`button-${method}`, LONG_RUN);
    await stories.alert(model, { severity: 'medium' });
    await stories.after(() =>
      stories.as('bob').mergePull(stories.repository, model.pull().number, method),
    );
    expect(await secondBadNight(model)).toContain('model 1.12 → 1.10');
  },
);

test('a person squashes the rollback with what was pushed on top: it is known as such all the same', async () => {
  const model = await stories.plant('squashed-with-more', LONG_RUN);
  await stories.alert(model, { severity: 'medium' });
  const { number, headRef } = model.pull();
  await stories.after(() =>
    stories.as('alice').push(stories.repository, headRef, {
      message: 'One more thing',
      files: { 'notes.md': 'Look at this later.\n' },
    }),
  );
  await stories.after(() => stories.as('bob').mergePull(stories.repository, number, 'squash'));
  await stories.stage.restart();
  await stories.pass(HOUR);
  expect(await stories.alert(model, { name: 'AnotherAlert' })).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/squashed-with-more for review: the release that runs came by a rollback itself, and Lastgood never undoes one by itself. Approve it to roll back, or close it.",
      "Planned to take production/squashed-with-more back to the release of <commit>: model 1.10 → 1.9 and features f-10 → f-9.",
      "Pull request #N opened: Roll back production/squashed-with-more: 1.10 → 1.9.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
});

test('a reviewed rollback that was merged by rebase is known as such after a restart', async () => {
  await useMethod('rebase');
  const model = await stories.plant('rebased-review', {
    production: { limits: { merge: '1 per 24h', cooldown: '1m' } },
  });
  await stories.alert(model, { severity: 'medium' });
  await stories.after(() =>
    stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
  );
  await stories.stage.restart();
  // The merge budget counts what merged by itself, and that was not.
  expect(await secondBadNight(model)).toContain('model 1.12 → 1.10');
  await useMethod('squash');
});

test('the version that was rolled back from is released again, and is bad again: rolled back again', async () => {
  const model = await stories.plant('released-again', { policy: { onReturn: 'notify' } });
  await stories.alert(model);
  await stories.pass(HOUR);
  await stories.after(() =>
    model.ship({ model: '1.11', features: 'f-11' }, { message: 'Try again' }),
  );
  await stories.pass(HOUR);
  const told = await stories.alert(model, { name: 'SameAgain', version: '1.11' });
  expect(told).toMatchInlineSnapshot(`
    [
      "Rolling back production/released-again now: SameAgain is critical, and the policy says merge for that.",
      "Planned to take production/released-again back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/released-again: 1.11 → 1.10.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
});

test('after a rollback of a re-release the older release is chosen, never the one in between', async () => {
  const model = await stories.plant('in-between', { production: { target: { maxDepth: 9 } } });
  await stories.alert(model);
  await stories.pass(HOUR);
  await stories.after(() =>
    model.ship({ model: '1.11', features: 'f-12' }, { message: 'Try again' }),
  );
  await stories.pass(30 * HOUR);
  await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  await stories.pass(HOUR);
  const told = await stories.alert(model, { version: '1.12' });
  expect(told[1]).toContain('model 1.12 → 1.10');
});
