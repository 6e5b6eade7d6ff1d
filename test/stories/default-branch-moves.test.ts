import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/time.ts';
import { BAD, GOOD, modelText, plain, useStories, type Model } from './support.ts';

const stories = useStories();
const MERGED = 'Pull request #N merged by itself, as the policy allows.';

/** Puts a commit on the default branch just before the merge call of the next rollback takes effect. */
function beforeTheMerge(model: Model, commit: () => Promise<unknown>): void {
  const stop = stories.hub.onCall(async (phase, call) => {
    if (phase !== 'before' || !call.path.endsWith(`/${model.pulls().at(-1)?.number}/merge`)) return;
    stop();
    await commit();
  });
}

test('an unrelated commit lands between plan and merge: it stays, and the model is back', async () => {
  const model = await stories.plant('unrelated');
  beforeTheMerge(model, () =>
    stories.repository.commit({
      by: 'bob',
      message: 'Document something',
      files: { 'docs/x.md': 'x\n' },
    }),
  );
  expect((await stories.alert(model)).at(-1)).toBe(MERGED);
  expect(await model.runs()).toEqual(GOOD);
  expect(await stories.repository.read('docs/x.md')).toBe('x\n');
});

test('another pin moves between plan and merge: the pair is repaired at once, and told', async () => {
  const model = await stories.plant('mixed', {
    badVersions: { ...GOOD, model: BAD.model },
    badAge: 30 * HOUR,
    production: { target: { maxDepth: 9 } },
  });
  beforeTheMerge(model, () => model.ship({ features: 'f-12' }, { message: 'New features' }));
  expect(await stories.alert(model)).toMatchInlineSnapshot(`
    [
      "Rolling back production/mixed now: ScoresDrift is critical, and the policy says merge for that.",
      "Planned to take production/mixed back to the release of <commit>: model 1.11 → 1.10.",
      "Pull request #N opened: Roll back production/mixed: 1.11 → 1.10.",
      "Pull request #N merged by itself, as the policy allows.",
      "Rolling back production/mixed now: while pull request #N merged, somebody changed another pin, and what stands now never ran together. The last good release is brought back whole.",
      "Pull request #N opened: Roll back production/mixed: features f-12 → f-10.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
  expect(model.pull().title).toMatchInlineSnapshot(
    `"Roll back production/mixed: features f-12 → f-10"`,
  );
  expect(plain(model.pull().body.split('### What changes')[0] ?? '')).toMatchInlineSnapshot(`
    "\`production/mixed\` runs versions that never ran together. This brings back \`1.10\`, the last good release, whole.

    ### What is failing

    \`ScoresDrift\`, critical, from \`alertmanager\`. Value \`0.31\`, threshold \`> 0.20\`.

    > The scores have drifted

    Firing since <time>; seen 1 time.

    [Open the alert](https://grafana.acme.example/d/mixed) (\`grafana.acme.example\`)

    ### What happens next

    Rolling back \`production/mixed\` now: while pull request #N merged, somebody changed another pin, and what stands now never ran together. The last good release is brought back whole.

    Lastgood merges this at once, because the rollback before it was allowed to merge. To stop it, close this pull request: that is a no, and it is not opened again for this release. After the merge, \`/reland\` lets it come back; Lastgood never undoes a rollback by itself.

    "
  `);

  // What was rolled back from soaked long enough, and stays out although the first merge left another pair.
  await stories.pass(HOUR);
  await stories.after(() => model.ship({ model: '1.12' }));
  await stories.pass(HOUR);
  const told = await stories.alert(model, { name: 'Again', version: '1.12' });
  expect(told[1]).toContain('model 1.12 → 1.10');
});

test('a pin of the plan moves right before the merge, which conflicts: the bad release is gone, so it is closed', async () => {
  const model = await stories.plant('half-replaced');
  const { settings } = stories.repository;
  const reads = settings.mergeabilityReads;
  // GitHub knows of the conflict at once, so that the merge call says it.
  settings.mergeabilityReads = 0;
  beforeTheMerge(model, () => {
    stories.hub.faults.deliveries('lose', { event: 'push', times: 1 });
    return model.ship({ features: 'f-12' }, { message: 'New features' });
  });
  expect((await stories.alert(model)).slice(-1)).toMatchInlineSnapshot(`
    [
      "Pull request #N closed: The bad release no longer runs: \`production/half-replaced\` went to \`1.11\` with <commit> by Erin Castillo. If that one is bad too, its alert opens another rollback.",
    ]
  `);
  settings.mergeabilityReads = reads;
  expect(await model.runs()).toEqual({ model: BAD.model, features: 'f-12' });
  expect(model.pull()).toMatchObject({ state: 'closed', mergedAt: undefined });
});

test('the owners ask for review by now, and the delivery that tells it is lost: their word holds, not the old one', async () => {
  const model = await stories.plant('policy-moved');
  stories.hub.faults.deliveries('lose', { event: 'push', times: 1 });
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  await stories.repository.commit({
    by: 'alice',
    message: 'Ask first',
    files: { [model.policyFile]: `${text}respond: { critical: review }\n` },
  });
  expect((await stories.alert(model)).slice(-1)).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for an approval, because the policy, as it stands by now, its limits or the evidence it asks for do not let it merge by itself. Approve it to roll back, or close it. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(model.pull().state).toBe('open');
  const { number } = model.pull();
  const approve = () => stories.as('alice').review(stories.repository, number, 'approve');
  expect(await stories.after(approve)).toEqual(['Pull request #N merged as approved.']);
});

test('a person merges, and another pin moved unseen: the repair waits for review', async () => {
  const model = await stories.plant('mixed-by-hand', {
    badVersions: { ...GOOD, model: BAD.model },
  });
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  stories.hub.faults.deliveries('lose', { event: 'push', times: 1 });
  await model.ship({ features: 'f-12' }, { message: 'New features' });
  const told = await stories.after(() => stories.as('bob').mergePull(stories.repository, number));
  expect(told).toMatchInlineSnapshot(`
    [
      "Pull request #N merged by a person.",
      "Opening a rollback of production/mixed-by-hand for review: while pull request #N merged, somebody changed another pin, and what stands now never ran together. The last good release is brought back whole. Approve it to roll back, or close it.",
      "Pull request #N opened: Roll back production/mixed-by-hand: features f-12 → f-10.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stories.after(() =>
    stories.as('alice').review(stories.repository, model.pull().number, 'approve'),
  );
  expect(await model.runs()).toEqual(GOOD);
});

test('somebody rolls back by hand while review waits: closed, with the reason', async () => {
  const model = await stories.plant('by-hand');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  const told = await stories.after(() => model.ship(GOOD, { by: 'alice', message: 'Go back' }));
  expect(told).toMatchInlineSnapshot(`
    [
      "Pull request #N closed: \`production/by-hand\` is back at \`1.10\` already, with <commit> by Alice Okafor. There is nothing left to roll back.",
    ]
  `);
  expect(model.pull()).toMatchObject({ number, state: 'closed', mergeCommit: undefined });
  expect(model.pull().comments.map(({ body }) => body)).toHaveLength(1);
  expect(stories.repository.branches()).not.toContain(model.pull().headRef);
});

test('a newer release comes while review waits: closed, with the reason; its own alert opens another', async () => {
  const model = await stories.plant('fixed-forward');
  await stories.alert(model, { severity: 'medium' });
  await stories.pass(HOUR);
  const told = await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  expect(told).toMatchInlineSnapshot(`
    [
      "Pull request #N closed: The bad release no longer runs: \`production/fixed-forward\` went to \`1.12\` with <commit> by Erin Castillo. If that one is bad too, its alert opens another rollback.",
    ]
  `);
  await stories.pass(10 * MINUTE);
  await stories.alert(model, { name: 'OtherAlert', version: '1.12' });
  expect(model.pulls()).toHaveLength(2);
  expect(await model.runs()).toEqual(GOOD);
});

test('the same line changed on the default branch: planned again on the newest commit, and merged', async () => {
  const model = await stories.plant('conflicting');
  beforeTheMerge(model, () =>
    stories.repository.commit({
      by: 'bob',
      message: 'Say where it comes from',
      files: {
        [model.file]: modelText('conflicting', BAD.model).replace('by pull request only', 'by CI'),
      },
    }),
  );
  let told = await stories.alert(model);
  if (await stories.isSomethingDue()) told = [...told, ...(await stories.pass(MINUTE))];
  expect(told.at(-1)).toBe(MERGED);
  expect(await model.runs()).toEqual(GOOD);
  expect(await stories.repository.read(model.file)).toContain('# by CI');
  expect(await stories.isSomethingDue()).toBe(false);
});

test('another line of the same file changed: merged, and that line stays', async () => {
  const model = await stories.plant('other-line');
  await stories.alert(model, { severity: 'medium' });
  await stories.after(() =>
    stories.repository.commit({
      by: 'bob',
      message: 'More replicas',
      files: {
        [model.file]: modelText('other-line', BAD.model).replace('replicas: 2', 'replicas: 5'),
      },
    }),
  );
  const { number } = model.pull();
  const told = await stories.after(() =>
    stories.as('bob').review(stories.repository, number, 'approve'),
  );
  expect(told).toEqual(['Pull request #N merged as approved.']);
  expect(await stories.repository.read(model.file)).toBe(
    modelText('other-line', GOOD.model).replace('replicas: 2', 'replicas: 5'),
  );
});

test('the pull request is pointed at another branch: never merged there', async () => {
  const model = await stories.plant('pointed-away');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  await stories.as('bob').push(stories.repository, 'staging', { message: 'Start', files: {} });
  const told = await stories.after(() =>
    stories.as('bob').editPull(stories.repository, number, { base: 'staging' }),
  );
  expect(told).toMatchInlineSnapshot(`
    [
      "Pull request #N waits, because it no longer goes to the default branch. Set its base back to the default branch, or close it.",
    ]
  `);
  await stories.after(() => stories.as('bob').review(stories.repository, number, 'approve'));
  expect(model.pull().state).toBe('open');
  const back = await stories.after(() =>
    stories.as('bob').editPull(stories.repository, number, { base: 'main' }),
  );
  expect(back.at(-1)).toBe('Pull request #N merged as approved.');
});
