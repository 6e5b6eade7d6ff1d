/** Somebody who may write puts a hand to the branch of the state, or to policy and pin at once. */
import { expect, test } from 'vitest';
import { MINUTE } from '../../src/time.ts';
import { BAD, modelText, type Model } from '../stories/support.ts';
import { useAttacks } from './attack.ts';

const { stories, waiting, attack, stillWorks, say } = useAttacks();
const STATE = 'lastgood/state';
const mallory = () => stories.as('mallory');
const fileOf = (model: Model) => `.lastgood/state/targets/production/${model.name}.yaml`;

/** A model that somebody holds, and whose alert fires. */
async function held(name: string): Promise<Model> {
  const model = await stories.plant(name);
  const { number } = await stories.as('bob').openIssue(stories.repository, { title: name });
  await stories.after(() => say('bob', number, `/hold ${name} A look`));
  return model;
}

/** Has somebody who may lift what keeps everything from merging by itself. */
async function mend(model: Model): Promise<void> {
  await stories.after(() => say('alice', model.pull().number, `/unhold ${model.name}`));
}

test('the hold is deleted by hand', async () => {
  const model = await held('deleted');
  await stories.after(() =>
    mallory().push(stories.repository, STATE, { message: 'x', files: { [fileOf(model)]: null } }),
  );
  expect(await attackByAlert(model)).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/deleted for review: bob holds it: A look. Nothing merges until the hold is lifted (/unhold) or its time is up. The pull request stands ready for review. Also in the way: a state that somebody else wrote.",
      "Planned to take production/deleted back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/deleted: 1.11 → 1.10.",
      "Pull request #N waits, because \`bob\` holds its target (A look). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await mend(model);
});

test('the branch is set back to a commit of the App’s own, from before the hold', async () => {
  const before = await beforeTheHold();
  const model = await held('set-back');
  await stories.after(() => mallory().forcePush(stories.repository, STATE, before));
  expect(await attackByAlert(model)).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/set-back for review: bob holds it: A look. Nothing merges until the hold is lifted (/unhold) or its time is up. The pull request stands ready for review. Also in the way: a state that somebody else wrote.",
      "Planned to take production/set-back back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/set-back: 1.11 → 1.10.",
      "Pull request #N waits, because \`bob\` holds its target (A look). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await mend(model);
});

test('the branch is deleted', async () => {
  const model = await held('gone');
  await stories.after(() => mallory().deleteBranch(stories.repository, STATE));
  expect(await attackByAlert(model)).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/gone for review: bob holds it: A look. Nothing merges until the hold is lifted (/unhold) or its time is up. The pull request stands ready for review. Also in the way: a state that somebody else wrote.",
      "Planned to take production/gone back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/gone: 1.11 → 1.10.",
      "Pull request #N waits, because \`bob\` holds its target (A look). Lift the hold with /unhold to let it go on. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await mend(model);
});

test('a reland is written by hand, with the name of an owner', async () => {
  const model = await stories.plant('relanded');
  await stories.alert(model);
  const text = [
    'relands:',
    '  - pins: { model: "1.11" }',
    `    by: { login: alice, id: ${stories.as('alice').id} }`,
    '    at: 2026-11-20T02:00:00Z',
    '    reason: Fine again',
    '',
  ].join('\n');
  const told = await stories.after(() =>
    mallory().push(stories.repository, STATE, { message: 'x', files: { [fileOf(model)]: text } }),
  );
  expect(told).toHaveLength(1);
  const { number } = await mallory().propose(stories.repository, {
    branch: 'again',
    title: 'Ship 1.11 again',
    files: { [model.file]: modelText(model.name, BAD.model) },
  });
  await stories.stage.quiet();
  const run = stories.repository.checkRuns(stories.repository.pull(number).head).at(-1);
  expect(`${run?.conclusion}: ${run?.output.title}`).toMatchInlineSnapshot(
    `"failure: 1.11 of production/relanded is quarantined"`,
  );
});

test('state files on the default branch are nobody’s state', async () => {
  const model = await held('elsewhere');
  await stories.after(() =>
    mallory().push(stories.repository, 'main', {
      message: 'x',
      files: { [fileOf(model)]: '{}\n', '.lastgood/state/repository.yaml': 'freeze: {}\n' },
    }),
  );
  expect((await attackByAlert(model)).at(-1)).toContain('holds its target');
  await mend(model);
});

test('one push changes the policy and brings the quarantined version back', async () => {
  const model = await stories.plant('both');
  await stories.alert(model);
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  const { number } = await mallory().propose(stories.repository, {
    branch: 'both',
    title: 'Ship',
    files: {
      [model.file]: modelText(model.name, BAD.model),
      [model.policyFile]: text
        .replace('owners:', 'check: {}\nowners:')
        .replaceAll('@acme/fraud-ml', '@mallory'),
    },
  });
  await stories.stage.quiet();
  const run = stories.repository.checkRuns(stories.repository.pull(number).head).at(-1);
  expect(`${run?.conclusion}: ${run?.output.title}`).toMatchInlineSnapshot(
    `"failure: 1.11 of production/both is quarantined"`,
  );
  expect(await attack(() => say('mallory', number, '/reland both 1.11 Mine now')))
    .toMatchInlineSnapshot(`
    [
      "journal: mallory below #N: /reland both 1.11 Mine now → no: Nothing was done. \`/reland\` takes an owner of the target: \`@acme/fraud-ml\`.",
      "answer: \`/reland both 1.11 Mine now\`: Nothing was done. \`/reland\` takes an owner of the target: \`@acme/fraud-ml\`.",
    ]
  `);
});

/** The alert fires: what nobody lifted still holds. */
async function attackByAlert(model: Model): Promise<string[]> {
  stories.time.advance(MINUTE);
  const before = stories.repository.head();
  const told = await stories.alert(model);
  expect(stories.repository.head()).toBe(before);
  expect(model.pull().state).toBe('open');
  return told;
}

/** A commit of the App's own, from before. */
async function beforeTheHold(): Promise<string> {
  const model = await held('first');
  const head = stories.repository.head(STATE) ?? '';
  await stories.after(async () => {
    const { number } = await stories.as('bob').openIssue(stories.repository, { title: 'x' });
    say('bob', number, `/unhold ${model.name}`);
  });
  return head;
}

test('a pull request that would make its author an approver is told of, and counts for nothing', async () => {
  const model = await waiting('self-made-approver');
  const { number } = model.pull();
  const text = (await stories.repository.read(model.policyFile)) ?? '';
  const proposal = await stories.as('mallory').propose(stories.repository, {
    branch: 'more-approvers',
    title: 'More approvers',
    files: { [model.policyFile]: text.replace(/^( *- )"@acme\/sre"$/m, '$&\n$1"@mallory"') },
  });
  await stories.stage.quiet();
  const check = stories.repository
    .checkRuns(stories.repository.pull(proposal.number).head)
    .findLast(({ name }) => name === 'lastgood');
  expect(check?.conclusion).toBe('neutral');
  expect(check?.output.summary).toMatchInlineSnapshot(`
    "### Worth a look

    - This widens who decides about \`production/self-made-approver\`: \`@mallory\` could approve its rollbacks. Its author \`mallory\` gains by it. It counts once it is on the default branch, and from then on for rollbacks that are open, too. Have somebody look who decides now."
  `);
  expect(
    await attack(async () => {
      say('mallory', number, '/approve');
      await stories.as('mallory').review(stories.repository, number, 'approve');
    }),
  ).toMatchInlineSnapshot(`
    [
      "journal: mallory below #N: /approve → no: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
      "journal: Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`mallory\` does not count: the policy does not name them as approvers.",
      "answer: \`/approve\`: Nothing was done. \`/approve\` takes an approver of the target: \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await stillWorks(model);
});
