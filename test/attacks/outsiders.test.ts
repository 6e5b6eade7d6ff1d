/** Who has no part in the repository, has it no longer, or is another account of somebody who has. */
import { expect, test } from 'vitest';
import { useAttacks } from './attack.ts';

const TWO = {
  production: { approvals: { required: 2, from: ['@acme/fraud-ml', '@acme/sre'] } },
};

const { stories, waiting, attack, stillWorks, say } = useAttacks(({ hub, repository }) => {
  for (const login of ['nora', 'frank', 'gail', 'alice-o', 'aIice']) hub.user(login);
  repository.grant('nora', 'read');
  hub.team('acme', 'fraud-ml', ['alice', 'erin', 'frank', 'gail']);
  for (const login of ['frank', 'gail', 'alice-o']) repository.grant(login, 'write');
  repository.grant('aIice', 'write');
  hub.user('passer-by');
});

test('somebody without access writes below a rollback', async () => {
  const model = await waiting('private');
  expect(await attack(() => say('passer-by', model.pull().number, '/approve')))
    .toMatchInlineSnapshot(`
    [
      "GitHub: 404 Not Found",
    ]
  `);
  await stillWorks(model);
});

test('a reader tries every command that takes a role', async () => {
  const model = await waiting('reader');
  const all = [
    '/approve',
    '/reject No',
    '/unhold',
    '/freeze Stop',
    '/unfreeze',
    '/rollback --to 1.9 --reason "Because"',
    '/rollback --now --reason "Because"',
    '/baseline 1.9',
    '/quarantine 1.10 Because',
    '/reland 1.11 Because',
    '/retry',
  ];
  expect(await attack(() => say('nora', model.pull().number, all.join('\n'))))
    .toMatchInlineSnapshot(`
    [
      "journal: nora below #N: /approve → no: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: nora below #N: /reject No → no: Nothing was done. \`/reject\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: nora below #N: /unhold → no: Nothing was done. \`/unhold\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: nora below #N: /freeze Stop → no: Nothing was done. \`/freeze\` takes write access to this repository. To stop one target, \`/hold\` it.",
      "journal: nora below #N: /unfreeze → no: Nothing was done. \`/unfreeze\` takes the role maintain in this repository here.",
      "journal: nora below #N: /rollback --to 1.9 --reason "Because" → no: Nothing was done. \`/rollback\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: nora below #N: /rollback --now --reason "Because" → no: Nothing was done. The policy of the target lets nobody break the glass (breakGlass). Leave \`--now\` out to ask for approvals.",
      "journal: nora below #N: /baseline 1.9 → no: Nothing was done. \`/baseline\` takes an owner of the target: \`@acme/fraud-ml\`.",
      "journal: nora below #N: /quarantine 1.10 Because → no: Nothing was done. \`/quarantine\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: nora below #N: /reland 1.11 Because → no: Nothing was done. \`/reland\` takes an owner of the target: \`@acme/fraud-ml\`.",
      "journal: nora below #N: /retry → no: Nothing was done. \`/retry\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "answer: - \`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.
    - \`/reject No\`: Nothing was done. \`/reject\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.
    - \`/unhold\`: Nothing was done. \`/unhold\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.
    - \`/freeze Stop\`: Nothing was done. \`/freeze\` takes write access to this repository. To stop one target, \`/hold\` it.
    - \`/unfreeze\`: Nothing was done. \`/unfreeze\` takes the role maintain in this repository here.
    - \`/rollback --to 1.9 --reason "Because"\`: Nothing was done. \`/rollback\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.
    - \`/rollback --now --reason "Because"\`: Nothing was done. The policy of the target lets nobody break the glass (breakGlass). Leave \`--now\` out to ask for approvals.
    - \`/baseline 1.9\`: Nothing was done. \`/baseline\` takes an owner of the target: \`@acme/fraud-ml\`.
    - \`/quarantine 1.10 Because\`: Nothing was done. \`/quarantine\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.
    - \`/reland 1.11 Because\`: Nothing was done. \`/reland\` takes an owner of the target: \`@acme/fraud-ml\`.
    - \`/retry\`: Nothing was done. \`/retry\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stillWorks(model);
});

test('a former member of the team, who may still write, approves', async () => {
  const model = await waiting('former');
  stories.hub.leave('acme', 'frank');
  expect(await attack(() => say('frank', model.pull().number, '/approve'))).toMatchInlineSnapshot(`
    [
      "journal: frank below #N: /approve → no: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stillWorks(model);
});

test('a member approves, and leaves before the next one does', async () => {
  const model = await waiting('left-meanwhile', TWO);
  const { number } = model.pull();
  await stories.after(() => say('gail', number, '/approve'));
  stories.hub.leave('acme', 'gail');
  expect(await attack(() => say('bob', number, '/approve'))).toMatchInlineSnapshot(`
    [
      "journal: Pull request #N waits for review. 1 of 2 approvals (\`bob\`). 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`gail\` does not count: the policy does not name them as approvers.",
      "journal: bob below #N: /approve → Approved as it stands at <commit>. It waits for review. 1 of 2 approvals (\`bob\`). 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`gail\` does not count: the policy does not name them as approvers.",
      "answer: \`/approve\`: Approved as it stands at <commit>. It waits for review. 1 of 2 approvals (\`bob\`). 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`gail\` does not count: the policy does not name them as approvers.",
    ]
  `);
  await stillWorks(model);
});

test('a role is taken away between the comment and its delivery', async () => {
  const model = await waiting('late-delivery');
  const { number } = model.pull();
  stories.hub.user('hank');
  stories.repository.grant('hank', 'maintain');
  expect(
    await attack(() => {
      stories.hub.faults.deliveries('hold', { event: 'issue_comment', times: 1 });
      say('hank', number, '/unfreeze');
      stories.repository.revoke('hank');
      stories.hub.releaseDeliveries();
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: hank below #N: /unfreeze → not heard: Nothing was done. Commands are for people with access to this repository.",
    ]
  `);
  await stillWorks(model);
});

test('who asks for a rollback approves it with a second account that is listed nowhere', async () => {
  const model = await stories.plant('second-account');
  const issue = await stories.as('alice').openIssue(stories.repository, { title: 'Scores' });
  await stories.after(() =>
    say('alice', issue.number, '/rollback second-account --reason "Scores drift"'),
  );
  const { number } = model.pull();
  expect(
    await attack(async () => {
      say('alice', number, '/approve');
      await stories.as('alice').review(stories.repository, number, 'approve');
      say('alice-o', number, '/approve');
      await stories.as('alice-o').review(stories.repository, number, 'approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: alice below #N: /approve → no: Nothing was done. Somebody else than the person who asked for the rollback has to approve.",
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: somebody else than the person who asked for the rollback has to approve. The review of \`alice-o\` does not count: the policy does not name them as approvers.",
      "journal: alice-o below #N: /approve → no: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "answer: \`/approve\`: Nothing was done. Somebody else than the person who asked for the rollback has to approve.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(model.pull().state).toBe('open');
  await stories.after(() => say('erin', number, '/approve'));
  expect(model.pull().state).toBe('closed');
});

test('an account with a login that looks like an approver’s', async () => {
  const model = await waiting('look-alike', { production: { approvals: { from: ['@alice'] } } });
  expect(
    await attack(async () => {
      say('aIice', model.pull().number, '/approve');
      await stories.as('aIice').review(stories.repository, model.pull().number, 'approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: aIice below #N: /approve → no: Nothing was done. \`/approve\` takes an approver of the target: \`@alice\`.",
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@alice\`. The review of \`aIice\` does not count: the policy does not name them as approvers.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@alice\`.",
    ]
  `);
  await stillWorks(model);
});
