/** Somebody who may only read proposes from a fork. */
import { expect, test } from 'vitest';
import { BAD, modelText } from '../stories/support.ts';
import { useAttacks } from './attack.ts';

const { stories, waiting, attack, stillWorks, say } = useAttacks(({ hub, repository }) => {
  for (const login of ['nora', 'oscar', 'olga']) {
    hub.user(login);
    repository.grant(login, 'read');
  }
});
const proposeFromFork = (
  proposal: Parameters<ReturnType<typeof stories.as>['proposeFromFork']>[1],
) => stories.as('nora').proposeFromFork(stories.repository, proposal);

/** What the check says about a pull request. */
function checkOf(number: number): string {
  const { head } = stories.repository.pull(number);
  const run = stories.repository.checkRuns(head).findLast(({ name }) => name === 'lastgood');
  return `${run?.conclusion ?? run?.status}: ${run?.output.title}`;
}

test('a policy in a fork names its author as owner and approver', async () => {
  const model = await waiting('fork-policy');
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  let number = 0;
  await stories.after(async () => {
    ({ number } = await proposeFromFork({
      branch: 'policy',
      title: 'Owners',
      files: { [model.policyFile]: text.replaceAll(/"?@acme\/(fraud-ml|sre)"?/g, '"@nora"') },
    }));
  });
  expect(checkOf(number)).toMatchInlineSnapshot(`"neutral: 1 warning"`);
  expect(
    await attack(() => {
      say('nora', model.pull().number, '/approve');
      say('nora', number, '/rollback fork-policy --reason "Mine now"\n/approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: nora below #N: /approve → no: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: nora below #N: /rollback fork-policy --reason "Mine now" → no: Nothing was done. \`/rollback\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: nora below #N: /approve → no: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "answer: - \`/rollback fork-policy --reason "Mine now"\`: Nothing was done. \`/rollback\` takes an owner or an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.
    - \`/approve\`: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
    ]
  `);
  await stillWorks(model);
});

test('a fork brings a quarantined version back, and the policy that would let it', async () => {
  const model = await stories.plant('fork-both');
  await stories.alert(model);
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  const { number } = await proposeFromFork({
    branch: 'both',
    title: 'Ship',
    files: {
      [model.file]: modelText(model.name, BAD.model),
      [model.policyFile]: text.replace('production:', 'staging:'),
    },
  });
  await stories.stage.quiet();
  expect(checkOf(number)).toMatchInlineSnapshot(
    `"failure: 1.11 of production/fork-both is quarantined"`,
  );
});

test('a branch of a fork is called as the branch of a rollback that waits', async () => {
  const model = await waiting('fork-name');
  const { headRef, title, body } = model.pull();
  let number = 0;
  await stories.after(async () => {
    const files = { [model.file]: modelText(model.name, '6.6.6') };
    ({ number } = await proposeFromFork({ branch: headRef, title, body, files }));
  });
  expect(
    await attack(async () => {
      await stories.as('bob').review(stories.repository, number, 'approve');
      say('bob', number, '/approve');
      say('bob', number, '/reject No');
    }),
  ).toMatchInlineSnapshot(`
    [
      "log: a branch of a fork is called like a rollback: passed over",
      "journal: bob below #N: /approve → no: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "journal: bob below #N: /reject No → no: Nothing was done. \`/reject\` is for rollback pull requests. Write it in the conversation of one.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "answer: \`/reject No\`: Nothing was done. \`/reject\` is for rollback pull requests. Write it in the conversation of one.",
    ]
  `);
  expect(stories.repository.pull(number).state).toBe('open');
  await stillWorks(model);
});

test('a branch of a fork takes the name of a rollback before there is one', async () => {
  const model = await stories.plant('fork-first');
  const branch = `lastgood/production/fork-first/${model.bad}`;
  let number = 0;
  await stories.after(async () => {
    const files = { [model.file]: modelText(model.name, '6.6.6') };
    ({ number } = await proposeFromFork({ branch, title: 'Roll back', files }));
  });
  await stories.alert(model, { severity: 'medium' });
  const own = stories.repository.pulls().filter(({ headRef }) => headRef === branch);
  expect(own.map(({ author }) => author.login)).toEqual(['nora', 'lastgood[bot]']);
  expect(await attack(() => stories.as('alice').review(stories.repository, number, 'approve')))
    .toMatchInlineSnapshot(`
      [
        "log: a branch of a fork is called like a rollback: passed over",
      ]
    `);
  await stillWorks(model);
});

test('the very commit of the App, in a fork: an approval there is none here', async () => {
  const model = await waiting('fork-commit');
  const { headRef, title } = model.pull();
  const reader = stories.as('oscar');
  // A fork takes over every branch that there is.
  await reader.fork(stories.repository);
  const { number } = await reader.openPull(stories.repository, { head: `oscar:${headRef}`, title });
  await stories.stage.quiet();
  expect(stories.repository.pull(number).head).toBe(model.pull().head);
  expect(
    await attack(async () => {
      await stories.as('alice').review(stories.repository, number, 'approve');
      say('alice', number, '/approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "log: a branch of a fork is called like a rollback: passed over",
      "journal: alice below #N: /approve → no: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
    ]
  `);
  await stillWorks(model);
});

test('the fork is deleted while its pull request stands', async () => {
  await stories.plant('fork-gone');
  const reader = stories.as('olga');
  const { number } = await reader.proposeFromFork(stories.repository, {
    branch: 'gone',
    title: 'Gone',
    files: { 'x.txt': 'x' },
  });
  await stories.stage.quiet();
  reader.deleteFork(await reader.fork(stories.repository));
  expect(
    await attack(async () => {
      say('olga', number, '/approve\n/hodl it');
      await stories.as('bob').review(stories.repository, number, 'approve', { body: '/approve' });
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: olga below #N: /approve → no: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "journal: olga below #N: /hodl it → not understood: There is no \`/hodl\`. Did you mean \`/hold [TARGET] [for 2h] REASON\`?",
      "journal: bob below #N: /approve → no: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
      "answer: - \`/approve\`: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.
    - \`/hodl it\`: There is no \`/hodl\`. Did you mean \`/hold [TARGET] [for 2h] REASON\`?",
      "answer: \`/approve\`: Nothing was done. \`/approve\` is for rollback pull requests. Write it in the conversation of one.",
    ]
  `);
});
