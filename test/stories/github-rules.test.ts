import { afterEach, expect, test } from 'vitest';
import { SECOND } from '../../src/time.ts';
import { GOOD, useStories, type Model } from './support.ts';

const stories = useStories();

afterEach(() => {
  stories.repository.clearRules();
});

const approve = (model: Model, login = 'bob') =>
  stories.after(() => stories.as(login).review(stories.repository, model.pull().number, 'approve'));

test('reality 9: required reviews, and the App may bypass them: merged by itself', async () => {
  const model = await stories.plant('bypassed');
  stories.repository.rules({
    reviews: { required: 2 },
    bypass: [{ kind: 'app', id: stories.stage.sample.app.id }],
  });
  expect((await stories.alert(model)).at(-1)).toBe(
    'Pull request #N merged by itself, as the policy allows.',
  );
});

test('required reviews without a bypass: it says so, and merges when somebody approved', async () => {
  const model = await stories.plant('ruled');
  stories.repository.rules({ reviews: { required: 1 } });
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N waits for reviews that the rules of the default branch ask for. Approve it, or let Lastgood bypass the rule. GitHub says: At least 1 approving review is required by reviewers with write access."`,
  );
  expect(model.pull().state).toBe('open');
  expect(await approve(model)).toEqual(['Pull request #N merged by itself, as the policy allows.']);
  expect(await model.runs()).toEqual(GOOD);
});

test('approvals are left to GitHub: its rules decide', async () => {
  const model = await stories.plant('left-to-github', {
    production: { approvals: { by: 'github' } },
  });
  stories.repository.rules({ reviews: { required: 2 } });
  expect((await stories.alert(model, { severity: 'medium' })).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N waits for the reviews that the rules of the default branch ask for. Lastgood merges it when GitHub calls it approved."`,
  );
  expect(await approve(model, 'mallory')).toEqual([]);
  expect(model.pull().state).toBe('open');
  expect(await approve(model, 'alice')).toEqual(['Pull request #N merged as approved.']);
});

test('approvals are left to GitHub, and no rule asks for any: it says what to do', async () => {
  const model = await stories.plant('left-to-nobody', {
    production: { approvals: { by: 'github' } },
  });
  expect((await stories.alert(model, { severity: 'medium' })).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N waits, because the policy leaves approvals to GitHub (approvals.by) and no rule of the default branch asks for reviews. Merge it yourself, add a rule, or let Lastgood count the approvals."`,
  );
  await approve(model);
  expect(model.pull().state).toBe('open');
});

test('a required status is pending: merged when it turns green', async () => {
  const model = await stories.plant('waits-for-status');
  stories.repository.rules({ checks: { required: [{ context: 'validate' }] } });
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N waits for its checks. Lastgood merges it when they pass. GitHub says: Required status check "validate" is expected."`,
  );
  const { head } = model.pull();
  const status = (state: 'pending' | 'failure' | 'success') =>
    stories.after(() => stories.repository.status(head, 'validate', state));
  expect(await status('pending')).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for its checks. Lastgood merges it when they pass. GitHub says: Required status check "validate" is pending.",
    ]
  `);
  expect((await status('failure')).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N was refused by GitHub. Mend what it says, or merge it yourself; Lastgood tries again when something changes here. GitHub says: Required status check "validate" is failing."`,
  );
  expect(await status('success')).toEqual([
    'Pull request #N merged by itself, as the policy allows.',
  ]);
});

test('a required check of a CI app runs: merged when its suite completes', async () => {
  const model = await stories.plant('waits-for-check');
  stories.repository.rules({ checks: { required: [{ context: 'build' }] } });
  await stories.alert(model);
  const ci = stories.hub.app({
    slug: 'ci',
    permissions: { checks: 'write', metadata: 'read' },
    events: [],
  });
  ci.install([stories.repository]);
  const told = await stories.after(() =>
    ci.checkRun(stories.repository, {
      name: 'build',
      sha: model.pull().head,
      status: 'completed',
      conclusion: 'success',
    }),
  );
  expect(told).toEqual(['Pull request #N merged by itself, as the policy allows.']);
});

test('reality 11: a merge queue is required, and does not take it: it says so and leaves it to people', async () => {
  const model = await stories.plant('queued');
  stories.repository.rules({ mergeQueue: { method: 'squash' } });
  const message = 'Merge queue is full';
  stories.hub.faults.once({
    field: 'enqueuePullRequest',
    answer: { type: 'UNPROCESSABLE', message },
  });
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N has to go through the merge queue, and Lastgood could not put it there. Add it to the queue, or let Lastgood bypass the rule. GitHub says: Merge queue is full"`,
  );
  expect(model.pull().state).toBe('open');
});

test('a rule lets the App through later: the sweep merges', async () => {
  const model = await stories.plant('rule-lifted');
  stories.repository.rules({ mergeQueue: { method: 'squash' } });
  await stories.alert(model);
  stories.repository.clearRules();
  const told = await stories.after(() => stories.stage.serving.sweep());
  expect(told).toEqual(['Pull request #N merged by itself, as the policy allows.']);
});

test('reality 22: GitHub does not sign, and a rule asks for it: told at once, before anybody reviews', async () => {
  const { settings } = stories.repository;
  settings.signsCommits = false;
  const model = await stories.plant('unsigned');
  expect((await stories.alert(model, { severity: 'medium' })).at(-1)).not.toContain('signature');
  stories.repository.rules({ signatures: true });
  const other = await stories.plant('unsigned-ruled');
  const told = await stories.alert(other, { severity: 'medium' });
  settings.signsCommits = true;
  expect(told.at(-1)).toMatchInlineSnapshot(
    `"Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. GitHub does not vouch for the signature of its commit: a rule of the default branch asks for signed commits, so GitHub will refuse the merge. Let Lastgood bypass the rule, have signing of commits made on GitHub turned on, or merge it as somebody who may."`,
  );
  expect(other.pull().body).toContain('signature');
  await stories.stage.restart();
  // Told again by a process that finds it open, and GitHub refuses as foretold.
  expect(other.pull().body).toContain('signature');
  expect((await approve(other)).at(-1)).toContain('Commits must have verified signatures');
});

/** What people were called for about a model. */
function callsAbout({ name }: Model): readonly string[] {
  return stories.stage.journal.flatMap((entry) =>
    entry.kind === 'paged' && entry.sentence.includes(name) ? [entry.key] : [],
  );
}

test('only people on a list may push to the default branch', async () => {
  const model = await stories.plant('restricted');
  stories.repository.protect({ pushers: { users: [], teams: ['sre'], apps: [] } });
  expect((await stories.alert(model)).at(-1)).toMatchInlineSnapshot(
    `"Pull request #N was refused by GitHub. Mend what it says, or merge it yourself; Lastgood tries again when something changes here. GitHub says: You're not authorized to push to this branch."`,
  );
  await stories.stage.restart();
  await stories.after(() => stories.stage.serving.sweep());
  expect(new Set(callsAbout(model)).size).toBe(1);
  // The journal is written, and nothing else waits.
  await stories.pass(10 * SECOND);
  expect(await stories.isSomethingDue()).toBe(false);
});

test('the merge method of the policy is not allowed', async () => {
  const model = await stories.plant('no-squash');
  stories.repository.settings.allowSquashMerge = false;
  const told = await stories.alert(model);
  stories.repository.settings.allowSquashMerge = true;
  expect(told.at(-1)).toMatchInlineSnapshot(
    `"Pull request #N was refused by GitHub. Mend what it says, or merge it yourself; Lastgood tries again when something changes here. GitHub says: Squash merges are not allowed on this repository."`,
  );
});
