import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/time.ts';
import { BAD, GOOD, plain, useStories, type Model } from './support.ts';

const stories = useStories();

const MERGES = { onReturn: 'merge', limits: { cooldown: '1m', merge: '5 per 24h' } };
const BY_MACHINE = { by: 'erin', message: 'Update image from scan' };

/** Rolls a model back and lets the cool-down pass. */
async function rollBack(model: Model): Promise<void> {
  await stories.alert(model);
  expect(await model.runs()).toEqual(GOOD);
  await stories.pass(HOUR);
}

test('it comes back by a push: rolled back again, once, and the next time people are called', async () => {
  const model = await stories.plant('automated', { policy: MERGES });
  await rollBack(model);
  expect(await stories.after(() => model.ship(BAD, BY_MACHINE))).toMatchInlineSnapshot(`
    [
      "Rolling back production/automated now: 1.11, which is quarantined, came back past the check with <commit>, and the policy says merge for that.",
      "Planned to take production/automated back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/automated: 1.11 → 1.10.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
  expect(model.pulls()).toHaveLength(2);
  expect(plain(model.pull().body).split('### What changes')[0]).toMatchInlineSnapshot(`
    "\`production/automated\` runs \`1.11\` again, which is quarantined, without a reland. This takes it back to \`1.10\`, the last good release.

    ### What came back

    1.11 is quarantined and runs again since <commit> (Update image from scan) by Erin Castillo, without a reland. A rollback went away from it (release <commit>).

    ### What happens next

    Rolling back \`production/automated\` now: \`1.11\`, which is quarantined, came back past the check with \`<commit>\`, and the policy says merge for that.

    Lastgood merges this at once. To stop it, close this pull request: that is a no, and it is not opened again for this release. After the merge, \`/reland\` lets it come back; Lastgood never undoes a rollback by itself.

    "
  `);
  await stories.pass(HOUR);
  expect(await stories.after(() => model.ship(BAD, BY_MACHINE))).toMatchInlineSnapshot(`
    [
      "People are needed for production/automated: 1.11, which is quarantined, came back past the check with <commit>, after it was rolled back for that once before. Lastgood answers that once only: find what brings it back, stop it, and roll back with /rollback or by hand.",
      "People are needed for production/automated: 1.11, which is quarantined, came back past the check with <commit>, after it was rolled back for that once before. Lastgood answers that once only: find what brings it back, stop it, and roll back with /rollback or by hand. 1.11 is quarantined and runs again since <commit> (Update image from scan) by Erin Castillo, without a reland. A rollback went away from it (release <commit>).",
    ]
  `);
  expect(await model.runs()).toEqual(BAD);
  await stories.pass(HOUR);
  await stories.stage.restart();
  expect(await stories.pass(MINUTE)).toEqual([]);
  expect(model.pulls()).toHaveLength(2);
});

test('the policy asks for review: a pull request waits for people', async () => {
  const model = await stories.plant('reviewed', { policy: { onReturn: 'review' } });
  await rollBack(model);
  expect(await stories.after(() => model.ship(BAD, BY_MACHINE))).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/reviewed for review: 1.11, which is quarantined, came back past the check with <commit>, and the policy says review for that. Approve it to roll back, or close it.",
      "Planned to take production/reviewed back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/reviewed: 1.11 → 1.10.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(await model.runs()).toEqual(BAD);
});

test('the policy asks to tell: people are called, nothing changes', async () => {
  const model = await stories.plant('told', { policy: { onReturn: 'notify' } });
  await rollBack(model);
  expect(await stories.after(() => model.ship(BAD, BY_MACHINE))).toMatchInlineSnapshot(`
    [
      "People are needed for production/told: 1.11, which is quarantined, came back past the check with <commit>, and the policy says notify for that.",
      "People are needed for production/told: 1.11, which is quarantined, came back past the check with <commit>, and the policy says notify for that. 1.11 is quarantined and runs again since <commit> (Update image from scan) by Erin Castillo, without a reland. A rollback went away from it (release <commit>).",
    ]
  `);
  await stories.stage.restart();
  await stories.pass(MINUTE);
  expect(model.pulls()).toHaveLength(1);
  expect(await model.runs()).toEqual(BAD);
});

test('within the cool-down it waits for review, as every rollback does', async () => {
  const model = await stories.plant('cooling', {
    policy: { ...MERGES, limits: { cooldown: '1d' } },
  });
  await rollBack(model);
  expect(await stories.after(() => model.ship(BAD, BY_MACHINE))).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/cooling for review: pull request #N rolled it back at <time>, and nothing merges by itself until <time>. Approve it to roll back, or close it.",
      "Planned to take production/cooling back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/cooling: 1.11 → 1.10.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(await model.runs()).toEqual(BAD);
});

test('neither a newer release nor a good one that comes back is a return', async () => {
  const model = await stories.plant('forward', { policy: MERGES });
  await rollBack(model);
  expect(await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }))).toEqual([]);
  await stories.pass(HOUR);
  expect(await stories.after(() => model.ship(GOOD))).toEqual([]);
});

test('the delivery of the push is lost: the sweep sees it', async () => {
  const model = await stories.plant('unheard', { policy: MERGES });
  await rollBack(model);
  stories.hub.faults.deliveries('lose', { event: 'push', times: 1 });
  expect(await stories.after(() => model.ship(BAD, BY_MACHINE))).toEqual([]);
  await stories.after(() => stories.stage.serving.sweep());
  expect(await model.runs()).toEqual(GOOD);
  expect(model.pulls()).toHaveLength(2);
});

test('Flux would set it again: the rollback takes its comment out of force', async () => {
  const pins = {
    model: {
      file: 'models/flux/model.yaml',
      path: 'spec.storageUri',
      version: 's3://models/flux/{version}/model',
    },
    image: { file: 'apps/flux/app.yaml', path: 'image', version: 'acme/flux:{version}' },
  };
  const wanted = { policy: { suspendAutomation: true }, production: { pins } };
  const app = (tag: string, word = '') =>
    `# The app\nimage: acme/flux:${tag} # ${word}{"$imagepolicy": "flux-system:flux"}\nreplicas: 2\n`;
  const commitApp = (text: string, files = {}) =>
    stories.repository.commit({
      by: 'erin',
      message: 'Update image from scan',
      files: { 'apps/flux/app.yaml': text, ...files },
    });
  await commitApp(app('7'), { '.github/renovate.json': '{}\n' });
  const model = await stories.plant('flux', wanted);
  await stories.pass(30 * HOUR);
  await stories.after(() => commitApp(app('8')));
  await stories.pass(HOUR);
  await stories.alert(model, { version: '1.11' });
  expect(await stories.repository.read('apps/flux/app.yaml')).toBe(
    app('7', 'suspended by Lastgood: '),
  );
  expect(/### What may bring it back\n\n(.*?)\n\n###/s.exec(model.pull().body)?.[1])
    .toMatchInlineSnapshot(`
      "- Flux sets \`image\` by the image policy \`flux-system:flux\`. This takes the comment that says so out of force (\`apps/flux/app.yaml\` line 2). \`/reland\` has Lastgood propose to put it back.
      - Renovate (\`.github/renovate.json\`) may propose the bad version again. This adds a rule to its \`packageRules\` that keeps it from proposing anything for \`apps/flux/app.yaml\`. \`/reland\` has Lastgood propose to put it back."
    `);
});
