import { expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { readTrailers } from '../../src/journal/read-trailers.ts';
import { SECOND } from '../../src/time.ts';
import { GOOD, useStories, type Model } from './support.ts';

const stories = useStories(({ hub }) => {
  // In the team by name, without rights in the repository.
  hub.user('nora', { name: 'Nora Reader' });
});

/** The newest state that the pull request's text shows. */
function status(model: Model): string {
  return /\*\*Now:\*\* (.*)/.exec(model.pull().body)?.[1] ?? 'none';
}

const review = (model: Model, login: string, verdict: 'approve' | 'request-changes' | 'comment') =>
  stories.after(() => stories.as(login).review(stories.repository, model.pull().number, verdict));

test('a medium alert asks for reviews; a bystander does not count; an owner merges it', async () => {
  const model = await stories.plant('drifting');
  let told: string[] = [];
  const calls = await stories.callsOf(async () => {
    told = await stories.alert(model, { severity: 'medium' });
  });
  expect(told).toMatchInlineSnapshot(`
    [
      "Opening a rollback of production/drifting for review: ScoresDrift is medium, and the policy says review for that. Approve it to roll back, or close it.",
      "Planned to take production/drifting back to the release of <commit>: model 1.11 → 1.10 and features f-11 → f-10.",
      "Pull request #N opened: Roll back production/drifting: 1.11 → 1.10.",
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  expect(calls).toMatchInlineSnapshot(`
    [
      "createRef + createCommitOnBranch + createPullRequest",
      "GET /pulls/N/reviews",
      "GET /pulls/N/commits",
      "PATCH /pulls/N",
      "POST /pulls/N/requested_reviewers",
      "GET /commits/<commit>/check-runs",
      "POST /check-runs",
      "POST /issues/N/labels",
    ]
  `);
  const teams = [...stories.hub.world.teams.values()].filter(({ id }) =>
    model.pull().requestedTeams.has(id),
  );
  expect(teams.map(({ slug }) => slug).sort()).toEqual(['fraud-ml', 'sre']);
  expect(status(model)).toMatchInlineSnapshot(
    `"waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`."`,
  );

  expect(await review(model, 'mallory', 'approve')).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`mallory\` does not count: the policy does not name them as approvers.",
    ]
  `);
  expect(model.pull().state).toBe('open');

  expect(await review(model, 'alice', 'comment')).toEqual([]);
  expect(await review(model, 'alice', 'approve')).toMatchInlineSnapshot(`
    [
      "Pull request #N merged as approved.",
    ]
  `);
  expect(await model.runs()).toEqual(GOOD);
  const [merged] = await stories.repository.log('main', 1);
  const reading = readTrailers(merged?.message ?? '');
  expect(reading.ok && reading.record).toMatchObject({
    mode: 'reviewed',
    approvedBy: [{ login: 'alice', id: stories.as('alice').id }],
  });
  expect(status(model)).toMatch(/^is merged as [0-9a-f]{12} as approved\.$/);
});

test('what waited and is over says what became of it, not what it waited for', async () => {
  const merged = await stories.plant('merged-by-button');
  await stories.alert(merged, { severity: 'medium' });
  await stories.after(() => stories.as('bob').mergePull(stories.repository, merged.pull().number));
  expect(status(merged)).toMatch(/^is merged as [0-9a-f]{12} by a person\.$/);

  const refused = await stories.plant('closed-by-button');
  await stories.alert(refused, { severity: 'medium' });
  await stories.after(() => stories.as('bob').closePull(stories.repository, refused.pull().number));
  expect(status(refused)).toMatchInlineSnapshot(
    `"is closed by a person. That is a no: it is not opened again for this incident."`,
  );

  const over = await stories.plant('shipped-meanwhile');
  await stories.alert(over, { severity: 'medium' });
  await stories.after(() => over.ship({ model: '1.12', features: 'f-12' }));
  expect(status(over)).toMatch(/^is closed\. The bad release no longer runs: /);
});

test('changes requested block until that person approves or the review is dismissed', async () => {
  const model = await stories.plant('objected');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  expect(await review(model, 'erin', 'request-changes')).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. \`erin\` asked for changes, so nothing merges until they approve or their review is dismissed.",
    ]
  `);
  expect(await review(model, 'alice', 'approve')).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 1 of 1 approval (\`alice\`). \`erin\` asked for changes, so nothing merges until they approve or their review is dismissed.",
    ]
  `);
  expect(model.pull().state).toBe('open');
  const objection = model.pull().reviews.find(({ user }) => user.login === 'erin');
  expect(
    await stories.after(() =>
      stories.as('bob').dismiss(stories.repository, number, objection?.id ?? 0),
    ),
  ).toEqual(['Pull request #N merged as approved.']);
});

test('an approval that was taken back does not count', async () => {
  const model = await stories.plant('two-of-them', {
    production: { approvals: { required: 2, from: ['@acme/fraud-ml', '@acme/sre'] } },
  });
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  expect(await review(model, 'alice', 'approve')).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 1 of 2 approvals (\`alice\`). 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  const given = model.pull().reviews[0]?.id ?? 0;
  expect(await stories.after(() => stories.as('bob').dismiss(stories.repository, number, given)))
    .toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 0 of 2 approvals. 2 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`.",
    ]
  `);
  await review(model, 'erin', 'approve');
  expect(model.pull().state).toBe('open');
  expect(await review(model, 'bob', 'approve')).toEqual(['Pull request #N merged as approved.']);
  const [merged] = await stories.repository.log('main', 1);
  expect(merged?.message).toContain('Approved by erin and bob.');
});

test('an approval of an earlier head does not count', async () => {
  const model = await stories.plant('old-tab');
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  expect(
    await stories.after(() =>
      stories.as('alice').review(stories.repository, number, 'approve', { commit: model.bad }),
    ),
  ).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: it was given for an earlier state of the pull request; review again.",
    ]
  `);
  expect(model.pull().state).toBe('open');
});

test('a bot does not approve, nor somebody who may not write', async () => {
  const { hub, repository } = stories;
  hub.team('acme', 'auditors', ['nora']);
  repository.grantTeam('auditors', 'read');
  const model = await stories.plant('watched', {
    production: { approvals: { required: 1, from: ['@acme/auditors', '@acme/sre'] } },
  });
  await stories.alert(model, { severity: 'medium' });
  const { number } = model.pull();
  expect(await review(model, 'nora', 'approve')).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/auditors\` or \`@acme/sre\`. The review of \`nora\` does not count: they may not write to this repository.",
    ]
  `);

  const helper = hub.app({
    slug: 'helper',
    permissions: { contents: 'write', pull_requests: 'write', metadata: 'read' },
    events: [],
  });
  helper.install([repository]);
  const { token } = helper.token();
  const answer = await fetch(`${hub.url}/repos/${repository.fullName}/pulls/${number}/reviews`, {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'APPROVE' }),
  });
  expect(answer.status).toBe(200);
  await stories.stage.quiet();
  expect(status(model)).toMatchInlineSnapshot(
    `"waits for review. 0 of 1 approval. 1 more needed from \`@acme/auditors\` or \`@acme/sre\`. The review of \`nora\` does not count: they may not write to this repository. The review of \`helper[bot]\` does not count: bots do not approve."`,
  );
  expect(model.pull().state).toBe('open');
});

test('a commit pushed on top is never merged, whoever approves, until it is gone', async () => {
  const model = await stories.plant('pushed-to');
  await stories.alert(model, { severity: 'medium' });
  const { number, headRef, head } = model.pull();
  const pushed = await stories.after(() =>
    stories.as('erin').push(stories.repository, headRef, {
      message: 'One more thing',
      files: { 'models/pushed-to/extra.yaml': 'replicas: 9\n' },
    }),
  );
  expect(pushed).toMatchInlineSnapshot(`
    [
      "Pull request #N is not merged by Lastgood: somebody pushed to its branch, so it is no longer the plan that was evaluated. Reset the branch to the evaluated commit, or merge it yourself.",
    ]
  `);
  expect(await review(model, 'alice', 'approve')).toEqual([]);
  expect(model.pull().state).toBe('open');

  const reset = await stories.after(() =>
    stories.as('erin').forcePush(stories.repository, headRef, head),
  );
  expect(reset).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: it was given for an earlier state of the pull request; review again.",
    ]
  `);
  expect(
    await stories.after(() => stories.as('bob').review(stories.repository, number, 'approve')),
  ).toEqual(['Pull request #N merged as approved.']);
});

test('a look-up that fails denies, says so, and is done again by itself', async () => {
  const model = await stories.plant('unverified');
  await stories.alert(model, { severity: 'medium' });
  stories.hub.faults.add({ path: /\/memberships\//, times: 8, answer: TROUBLE.serverError });
  expect(await review(model, 'alice', 'approve')).toMatchInlineSnapshot(`
    [
      "Pull request #N waits for review. 0 of 1 approval. 1 more needed from \`@acme/fraud-ml\` or \`@acme/sre\`. The review of \`alice\` does not count: it could not be verified what they may do, and GitHub is asked again soon. Could not verify whether alice is in the team acme/fraud-ml, so it is denied. GitHub did not answer when asked to read whether alice is in the team acme/fraud-ml (status 500).",
    ]
  `);
  expect(model.pull().state).toBe('open');
  expect(await stories.pass(20 * SECOND)).toEqual(['Pull request #N merged as approved.']);
});

test('an approval whose delivery got lost is found by the sweep', async () => {
  const model = await stories.plant('unheard');
  await stories.alert(model, { severity: 'medium' });
  stories.hub.faults.deliveries('lose', { event: 'pull_request_review', times: 1 });
  expect(await review(model, 'alice', 'approve')).toEqual([]);
  const told = await stories.after(() => stories.stage.serving.sweep());
  expect(told).toEqual(['Pull request #N merged as approved.']);
});

test('somebody who cannot be asked for a review is told of', async () => {
  const model = await stories.plant('nobody-there', {
    production: { approvals: { required: 1, from: ['@acme/fraud-ml', '@elsewhere/team'] } },
  });
  const told = await stories.alert(model, { severity: 'medium' });
  expect(told.at(-1)).toMatchInlineSnapshot(
    `"@elsewhere/team could not be asked to review pull request #N. GitHub asks only teams of this organisation and people who can see the repository: correct the policy's approvals.from, or give them access."`,
  );
});
