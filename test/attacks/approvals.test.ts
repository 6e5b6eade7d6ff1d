/** Somebody who may write wants an approval that nobody gave. */
import { expect, test } from 'vitest';
import { MINUTE } from '../../src/time.ts';
import { GOOD, modelText, type Model } from '../stories/support.ts';
import { useAttacks } from './attack.ts';

const TWO = {
  production: { approvals: { required: 2, from: ['@acme/fraud-ml', '@acme/sre'] } },
};

const { stories, waiting, attack, stillWorks, say } = useAttacks();
const push = (login: string, model: Model) =>
  stories.as(login).push(stories.repository, model.pull().headRef, {
    message: 'One more thing',
    files: { [model.file]: modelText(model.name, '6.6.6') },
  });

test('a push after the first of two approvals', async () => {
  const model = await waiting('approved-then-pushed', TWO);
  const { number, headRef, head } = model.pull();
  await stories.after(() => say('alice', number, '/approve'));
  expect(
    await attack(async () => {
      await push('mallory', model);
      await stories.as('bob').review(stories.repository, number, 'approve');
      say('erin', number, '/approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: Pull request #N is not merged by Lastgood: somebody pushed to its branch, so it is no longer the plan that was evaluated. Reset the branch to the evaluated commit, or merge it yourself.",
      "journal: erin below #N: /approve → no: Nothing was done. Somebody pushed to the branch, so what stands there is not the plan that was evaluated. Reset it, then approve.",
      "answer: \`/approve\`: Nothing was done. Somebody pushed to the branch, so what stands there is not the plan that was evaluated. Reset it, then approve.",
    ]
  `);
  await stories.after(() => stories.as('bob').forcePush(stories.repository, headRef, head));
  stories.time.advance(MINUTE);
  // Alice's is for the commit that stands there again.
  await stories.after(() => say('bob', number, '/approve'));
  expect(await model.runs()).toEqual(GOOD);
});

test('a push whose delivery is late, and an approval right after it', async () => {
  const model = await waiting('pushed-unseen');
  const { number, headRef, head } = model.pull();
  expect(
    await attack(async () => {
      stories.hub.faults.deliveries('hold', { event: 'pull_request', times: 1 });
      await push('mallory', model);
      say('alice', number, '/approve');
      await stories.stage.quiet();
      stories.hub.releaseDeliveries();
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: alice below #N: /approve → no: Nothing was done. Somebody pushed to the branch, so what stands there is not the plan that was evaluated. Reset it, then approve.",
      "journal: Pull request #N is not merged by Lastgood: somebody pushed to its branch, so it is no longer the plan that was evaluated. Reset the branch to the evaluated commit, or merge it yourself.",
      "answer: \`/approve\`: Nothing was done. Somebody pushed to the branch, so what stands there is not the plan that was evaluated. Reset it, then approve.",
    ]
  `);
  await stories.after(() => stories.as('bob').forcePush(stories.repository, headRef, head));
  await stillWorks(model);
});

test('an approval in a page that shows an older head', async () => {
  const model = await waiting('old-head');
  expect(
    await attack(() =>
      stories.as('alice').review(stories.repository, model.pull().number, 'approve', {
        commit: model.bad,
      }),
    ),
  ).toMatchInlineSnapshot(`
    [
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: it was given for an earlier state of the pull request; review again.",
    ]
  `);
  await stillWorks(model);
});

test('the author of a commit on the branch approves', async () => {
  const model = await waiting('own-commit');
  const { number, headRef, head } = model.pull();
  expect(
    await attack(async () => {
      await push('erin', model);
      say('erin', number, '/approve');
      await stories.as('erin').review(stories.repository, number, 'approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: Pull request #N is not merged by Lastgood: somebody pushed to its branch, so it is no longer the plan that was evaluated. Reset the branch to the evaluated commit, or merge it yourself.",
      "journal: erin below #N: /approve → no: Nothing was done. Nobody approves a commit of their own.",
      "answer: \`/approve\`: Nothing was done. Nobody approves a commit of their own.",
    ]
  `);
  await stories.after(() => stories.as('bob').forcePush(stories.repository, headRef, head));
  await stillWorks(model);
});

test('a comment of an approver is edited into an approval', async () => {
  const model = await waiting('edited');
  const { number } = model.pull();
  const comment = stories.as('alice').comment(stories.repository, number, 'I am looking');
  await stories.stage.quiet();
  stories.time.advance(MINUTE);
  // An edit is no event that is listened to: so whoever reads the answer to something else reads that nothing came.
  expect(
    await attack(async () => {
      stories.as('mallory').editComment(stories.repository, number, comment, '/approve');
      await stories.stage.quiet();
      say('mallory', number, '/approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: mallory below #N: /approve → no: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stillWorks(model);
});

test.each([
  ['before it is looked at', 1_000],
  ['within the second in which it was written, which GitHub does not date', 0],
])('a question of an approver is edited into an approval %s', async (_, later) => {
  const model = await waiting(`edited-after-${later}`);
  const { number } = model.pull();
  expect(
    await attack(() => {
      stories.hub.faults.deliveries('hold', { event: 'issue_comment', times: 1 });
      const comment = stories.as('alice').comment(stories.repository, number, '/status');
      stories.time.advance(later);
      stories.as('mallory').editComment(stories.repository, number, comment, '/approve');
      stories.hub.releaseDeliveries();
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: alice below #N: /approve → no: Nothing was done. An edited comment commands nothing. Write \`/approve\` in a new comment.",
      "answer: \`/approve\`: Nothing was done. An edited comment commands nothing. Write \`/approve\` in a new comment.",
    ]
  `);
  await stillWorks(model);
});

test('a comment on a line approves in the name of nobody who may', async () => {
  const model = await waiting('on-a-line');
  const { number } = model.pull();
  expect(
    await attack(() =>
      stories.as('mallory').reviewComment(stories.repository, number, {
        path: model.file,
        line: 3,
        body: '/approve',
      }),
    ),
  ).toMatchInlineSnapshot(`
    [
      "journal: mallory below #N: /approve → no: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stillWorks(model);
});

test('the pull request is sent to another branch, and approved there', async () => {
  const model = await waiting('other-base');
  const { number } = model.pull();
  await stories.as('mallory').push(stories.repository, 'elsewhere', {
    message: 'Another branch',
    files: { 'x.txt': 'x' },
  });
  expect(
    await attack(async () => {
      await stories.as('mallory').editPull(stories.repository, number, { base: 'elsewhere' });
      await stories.as('alice').review(stories.repository, number, 'approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: Pull request #N waits, because it no longer goes to the default branch. Set its base back to the default branch, or close it.",
    ]
  `);
  stories.time.advance(MINUTE);
  expect(
    await attack(() =>
      stories.as('mallory').editPull(stories.repository, number, { base: 'main' }),
    ),
  ).toMatchInlineSnapshot(`
    [
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: it was given for an earlier state of the pull request; review again.",
    ]
  `);
  await stillWorks(model);
});

test('an approver sends an alert through GitHub, and approves what comes of it', async () => {
  const model = await stories.plant('sent-and-approved');
  await stories.after(() =>
    stories.as('alice').dispatch(stories.repository, 'lastgood-alert', {
      status: 'firing',
      name: 'ScoresDrift',
      model: model.name,
      severity: 'medium',
      startsAt: new Date(stories.time.clock() - 300_000).toISOString(),
    }),
  );
  const { number } = model.pull();
  const recorded = await attack(async () => {
    say('alice', number, '/approve');
    await stories.as('alice').review(stories.repository, number, 'approve');
    await stories.stage.quiet();
    // Nor does it help that nobody remembers the alert.
    await stories.stage.restart({ loseDatabase: true });
    await stories.stage.serving.sweep();
  });
  // The restart reads back the rollbacks of the others, too.
  expect(recorded.filter((line) => line.includes('alice') || line.startsWith('answer')))
    .toMatchInlineSnapshot(`
    [
      "journal: alice below #N: /approve → no: Nothing was done. Somebody else than the person who asked for the rollback has to approve.",
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: somebody else than the person who asked for the rollback has to approve.",
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: somebody else than the person who asked for the rollback has to approve.",
      "answer: \`/approve\`: Nothing was done. Somebody else than the person who asked for the rollback has to approve.",
    ]
  `);
  // Somebody else's does, and the record says who sent the alert.
  stories.time.advance(MINUTE);
  await stories.after(() => stories.as('bob').review(stories.repository, number, 'approve'));
  expect(await model.runs()).toEqual(GOOD);
  const [merged] = await stories.repository.log('main', 1);
  expect(merged?.message).toContain(`Lastgood-Alert-By: alice ${stories.as('alice').id}\n`);
});
