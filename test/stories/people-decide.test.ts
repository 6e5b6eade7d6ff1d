import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/time.ts';
import { BAD, GOOD, useStories, type Model } from './support.ts';

const stories = useStories();

const closeByHand = (model: Model) =>
  stories.after(() => stories.as('bob').closePull(stories.repository, model.pull().number));

test('a person closes it: a no, remembered for this release, also after a restart', async () => {
  const model = await stories.plant('declined');
  await stories.alert(model, { severity: 'medium' });
  expect(await closeByHand(model)).toMatchInlineSnapshot(`
    [
      "Pull request #N was closed by a person. That is a no: it is not opened again for this incident.",
    ]
  `);
  await stories.pass(MINUTE);
  const again = await stories.alert(model);
  expect(again).toMatchInlineSnapshot(`
    [
      "Recorded for production/declined, nothing changed: somebody closed pull request #N for this release. That is a no, and it is not opened again.",
    ]
  `);
  await stories.stage.restart();
  await stories.pass(MINUTE);
  expect(await stories.alert(model, { name: 'Another' })).toEqual([
    again[0]?.replace('ScoresDrift', 'Another'),
  ]);
  expect(model.pulls()).toHaveLength(1);
  expect(await model.runs()).toEqual(BAD);
});

test('the no is for this release only: the next bad one is rolled back', async () => {
  const model = await stories.plant('declined-once');
  await stories.alert(model, { severity: 'medium' });
  await closeByHand(model);
  await stories.pass(HOUR);
  await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  await stories.pass(HOUR);
  await stories.alert(model, { version: '1.12' });
  expect(await model.runs()).toEqual(GOOD);
});

test('a person merges by the button: taken note of, and the version stays out', async () => {
  const model = await stories.plant('by-button');
  await stories.alert(model, { severity: 'medium' });
  const { number, headRef } = model.pull();
  const told = await stories.after(() => stories.as('bob').mergePull(stories.repository, number));
  expect(told).toEqual(['Pull request #N merged by a person.']);
  expect(stories.repository.branches()).not.toContain(headRef);
  expect(await model.runs()).toEqual(GOOD);
});

test('a person reopens it: it goes on, with new approvals', async () => {
  const model = await stories.plant('reopened');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  stories.hub.faults.deliveries('lose', { event: 'pull_request_review', times: 1 });
  await stories.as('alice').review(stories.repository, number, 'approve');
  await closeByHand(model);
  await stories.pass(MINUTE);
  const told = await stories.after(() => stories.as('bob').reopenPull(stories.repository, number));
  expect(told).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for an approval, because it was closed and reopened. Approve it to roll back, or close it. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: it was given for an earlier state of the pull request; review again.",
    ]
  `);
  expect(model.pull().state).toBe('open');
  await stories.pass(MINUTE);
  expect(
    await stories.after(() => stories.as('alice').review(stories.repository, number, 'approve')),
  ).toEqual(['Pull request #N merged as approved.']);
});

test('an automatic one that was closed and reopened does not merge by itself', async () => {
  const model = await stories.plant('reopened-automatic');
  stories.repository.rules({ checks: { required: [{ context: 'validate' }] } });
  await stories.alert(model);
  await closeByHand(model);
  stories.repository.clearRules();
  const { number } = model.pull();
  await stories.pass(MINUTE);
  const told = await stories.after(() => stories.as('bob').reopenPull(stories.repository, number));
  expect(told).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for an approval, because it was closed and reopened. Approve it to roll back, or close it. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stories.alert(model);
  expect(model.pull().state).toBe('open');
});

test('the bad release went while it was closed: reopening closes it again, with the reason', async () => {
  const model = await stories.plant('reopened-late');
  await stories.alert(model, { severity: 'medium' });
  await closeByHand(model);
  await stories.after(() => model.ship({ model: '1.12', features: 'f-12' }));
  const { number } = model.pull();
  const told = await stories.after(() => stories.as('bob').reopenPull(stories.repository, number));
  expect(told.at(-1)).toContain('The bad release no longer runs');
  expect(model.pull().state).toBe('closed');
});

test('an outsider’s copy of it in a fork, closed and reopened, undoes nobody’s no', async () => {
  const model = await stories.plant('copied');
  await stories.alert(model, { severity: 'medium' });
  const pull = model.pull();
  const outsider = stories.hub.user('outsider');
  stories.repository.grant('outsider', 'read');
  // With the very commit of the App, which tells what was planned.
  await outsider.fork(stories.repository);
  await closeByHand(model);
  const copy = { head: `outsider:${pull.headRef}`, title: 'Roll back' };
  const { number } = await outsider.openPull(stories.repository, copy);
  await outsider.closePull(stories.repository, number);
  const told = await stories.after(() => outsider.reopenPull(stories.repository, number));
  expect(told).toEqual([]);
  expect(await stories.alert(model, { severity: 'critical' })).toMatchInlineSnapshot(`
    [
      "Recorded for production/copied, nothing changed: somebody closed pull request #N for this release. That is a no, and it is not opened again.",
    ]
  `);
  expect(stories.repository.pull(number).state).toBe('open');
  expect(pull.state).toBe('closed');
});

test('the alert resolves while it waits for checks: now somebody has to approve', async () => {
  const model = await stories.plant('resolved-meanwhile');
  stories.repository.rules({ checks: { required: [{ context: 'validate' }] } });
  const startsAt = stories.time.clock() - 7 * MINUTE;
  await stories.alert(model, { startsAt });
  await stories.pass(MINUTE);
  const told = await stories.alert(model, {
    startsAt,
    status: 'resolved',
    endsAt: stories.time.clock(),
  });
  expect(told).toMatchInlineSnapshot(`
    [
      "Recorded for production/resolved-meanwhile, nothing changed: ScoresDrift resolved at <time>.",
      "Pull request #N waits for an approval, because its alert resolved and nothing merges by itself any more. Approve it to roll back all the same, or close it. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  stories.repository.clearRules();
  await stories.after(() => stories.repository.status(model.pull().head, 'validate', 'success'));
  expect(model.pull().state).toBe('open');
  await stories.pass(MINUTE);
  const fires = await stories.alert(model, { startsAt: stories.time.clock() - 1 });
  // It begins anew, and so does the evidence that the policy asks for.
  expect(fires.at(-1)).toMatch(/^Pull request #N waits for an approval, because the policy/);
  expect((await stories.pass(MINUTE)).at(-1)).toBe(
    'Pull request #N merged by itself, as the policy allows.',
  );
});

test('a severe alert comes while a mild one waits for review: merged by itself', async () => {
  const model = await stories.plant('gets-worse');
  await stories.alert(model, { severity: 'medium', name: 'Drift' });
  await stories.pass(MINUTE);
  const told = await stories.alert(model, { severity: 'critical', name: 'Collapse' });
  expect(told).toMatchInlineSnapshot(`
    [
      "Rolling back production/gets-worse now: Collapse is critical, and the policy says merge for that.",
      "Pull request #N merged by itself, as the policy allows.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
  const [merged] = await stories.repository.log('main', 1);
  expect(merged?.message).toContain('Lastgood-Mode: automatic');
});

test('somebody asked for changes: what would merge by itself waits for that person', async () => {
  const model = await stories.plant('held-back');
  await stories.alert(model, { severity: 'medium', name: 'Drift' });
  const { number } = model.pull();
  await stories.after(() =>
    stories.as('erin').review(stories.repository, number, 'request-changes'),
  );
  await stories.pass(MINUTE);
  const told = await stories.alert(model, { severity: 'critical', name: 'Collapse' });
  expect(told.at(-1)).toMatchInlineSnapshot(
    `"Pull request #N waits, because somebody asked for changes; else it would merge by itself. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. \`erin\` asked for changes, so nothing merges until they approve or their review is dismissed."`,
  );
  expect(model.pull().state).toBe('open');
  const objection = model.pull().reviews[0]?.id ?? 0;
  expect(
    await stories.after(() => stories.as('bob').dismiss(stories.repository, number, objection)),
  ).toEqual(['Pull request #N merged by itself, as the policy allows.']);
});

test('a bystander who asks for changes holds nothing back', async () => {
  const model = await stories.plant('not-held-back');
  stories.repository.rules({ checks: { required: [{ context: 'validate' }] } });
  await stories.alert(model);
  const { number, head } = model.pull();
  await stories.after(() =>
    stories.as('mallory').review(stories.repository, number, 'request-changes'),
  );
  const told = await stories.after(() => stories.repository.status(head, 'validate', 'success'));
  stories.repository.clearRules();
  expect(told).toEqual(['Pull request #N merged by itself, as the policy allows.']);
});
