import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startForgeStage, type ForgeStage } from '../../fixtures/github/forge-stage.ts';
import { createContract } from '../../fixtures/hub/contract/index.ts';
import type { HubPerson } from '../../fixtures/hub/api/person.ts';
import type { CheckReport } from '../check/checks.ts';
import { findOwn, isOwn } from '../commands/conversation.ts';
import { isOwnCommit } from '../state/own-branch.ts';

let stage: ForgeStage;
let alice: HubPerson;

beforeEach(async () => {
  stage = await startForgeStage(createContract());
  alice = stage.hub.user('alice');
  stage.manifests.grant('alice', 'write');
});
afterEach(() => stage.stop());

const proposed = async () =>
  (
    await alice.propose(stage.manifests, {
      branch: 'b',
      title: 'T',
      files: { 'x.md': 'x\n' },
    })
  ).number;

describe('the conversation', () => {
  test('a command is read, answered once, and the answer edited in place', async () => {
    const { manifests, repository, rooms } = stage;
    const { conversation } = rooms;
    const self = await rooms.self(repository);
    expect(self).toMatchObject({
      app: stage.app.id,
      account: { login: 'lastgood[bot]', bot: true },
    });
    const number = await proposed();
    const marker = '<!-- lastgood:answer 1 -->';
    const asked = alice.comment(manifests, number, '/status');
    // What a person writes in the App's manner is not the App's.
    alice.comment(manifests, number, `${marker} All is well.`);
    const seen = await conversation.comments(repository, number);
    expect(findOwn(seen, self, marker)).toBeUndefined();
    expect(seen[0]).toMatchObject({
      kind: 'comment',
      id: asked.id,
      author: { id: alice.id, login: 'alice', bot: false },
      body: '/status',
    });
    await conversation.react(repository, { kind: 'comment', id: asked.id }, 'eyes');
    await conversation.react(repository, { kind: 'comment', id: asked.id }, 'eyes');
    expect(asked.reactions.map(({ content }) => content)).toEqual(['eyes']);
    const said = await conversation.say(repository, number, `${marker} Fine.`);
    const own = findOwn(await conversation.comments(repository, number), self, marker);
    expect(own).toEqual(said);
    expect(await conversation.rewrite(repository, said, `${marker} Held.`)).toBe('done');
    expect(await conversation.comment(repository, said)).toMatchObject({ body: `${marker} Held.` });
    const found = manifests.comments(number).find(({ id }) => id === said.id);
    if (found) alice.deleteComment(manifests, number, found);
    expect(await conversation.comment(repository, said)).toBeUndefined();
    expect(await conversation.rewrite(repository, said, 'x')).toBe('gone');
    await conversation.react(repository, said, '+1');
  });

  test('a comment on a line is answered in its thread', async () => {
    const { manifests, repository, rooms } = stage;
    const { conversation } = rooms;
    const number = await proposed();
    const line = { path: 'x.md', line: 1, body: '/hold' };
    const asked = await alice.reviewComment(manifests, number, line);
    const at = { kind: 'review-comment', id: asked.id } as const;
    expect(await conversation.comment(repository, at)).toMatchObject({ ...at, body: '/hold' });
    await conversation.react(repository, at, 'rocket');
    const said = await conversation.answer(repository, number, at, 'Held.');
    expect(said).toMatchObject({ kind: 'review-comment', body: 'Held.' });
    await conversation.rewrite(repository, said, 'Held by @alice.');
    expect(manifests.pull(number).reviewComments.map((one) => [one.body, one.inReplyTo])).toEqual([
      ['/hold', undefined],
      ['Held by @alice.', asked.id],
    ]);
    // An answer whose thread is gone stands below all others.
    const gone = { kind: 'review-comment', id: 1 } as const;
    expect(await conversation.answer(repository, number, gone, 'Late.')).toMatchObject({
      kind: 'comment',
    });
  });
});

test('a review is read with its text and the head it was given for', async () => {
  const { manifests, repository, rooms } = stage;
  const number = await proposed();
  const { conversation } = rooms;
  const { id } = await alice.review(manifests, number, 'comment', { body: '/hold' });
  expect(await conversation.review(repository, number, id)).toMatchObject({
    author: { login: 'alice' },
    body: '/hold',
    commit: manifests.pull(number).head,
  });
  await alice.reviewComment(manifests, number, { path: 'x.md', line: 1, body: 'Why?' });
  const silent = manifests.pull(number).reviews.at(-1)?.id ?? 0;
  expect(await conversation.review(repository, number, silent)).toBeUndefined();
  expect(await conversation.review(repository, number, 1)).toBeUndefined();
});

test('an issue of an incident is opened, found, edited and closed', async () => {
  const { manifests, repository, rooms } = stage;
  const { issues } = rooms;
  const self = await rooms.self(repository);
  const opened = await issues.open(repository, {
    title: 'x'.repeat(300),
    body: 'Diversity collapsed.',
    labels: ['lastgood-incident'],
  });
  expect(opened).toMatchObject({ state: 'open', labels: ['lastgood-incident'] });
  expect(opened.title).toHaveLength(256);
  await alice.openIssue(manifests, { title: 'Mine', labels: ['lastgood-incident'] });
  await alice.label(manifests, await proposed(), 'lastgood-incident');
  const which = { labels: ['lastgood-incident'], state: 'all' } as const;
  const found = await issues.list(repository, which);
  // The newest first, no pull request; and what looks like the App's is not.
  expect(found.map((one) => [one.number, isOwn(one, self)])).toEqual([
    [2, false],
    [1, true],
  ]);
  await issues.change(repository, 1, {
    body: 'Recovered.',
    state: 'closed',
    reason: 'not-planned',
  });
  expect(await issues.read(repository, 1)).toMatchObject({ state: 'closed', body: 'Recovered.' });
  expect(manifests.issue(1).stateReason).toBe('not_planned');
  expect(await issues.read(repository, 3)).toBeUndefined();
  expect(await issues.read(repository, 9)).toBeUndefined();
});

describe('checks', () => {
  const report = (change: Partial<CheckReport> = {}): CheckReport => ({
    name: 'lastgood',
    head: stage.manifests.head() ?? '',
    externalId: 'a',
    conclusion: 'failure',
    title: 'A mistake in the policy',
    summary: 'See below.',
    annotations: [],
    ...change,
  });
  const lines = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      path: 'README.md',
      startLine: at + 1,
      endLine: at + 1,
      level: 'failure' as const,
      title: 'Unknown key',
      message: 'Expected model.',
    }));

  test('one without annotations says something else in place; one with them is followed by another', async () => {
    const { app, manifests, repository, rooms } = stage;
    const { checks } = rooms;
    const which = { head: report().head, name: 'lastgood', app: app.id };
    expect(await checks.find(repository, which)).toBeUndefined();
    const { conclusion: _none, ...looking } = report();
    const first = await checks.publish(repository, looking);
    expect(first).toMatchObject({ status: 'in-progress', externalId: 'a' });
    const second = await checks.publish(repository, report({ annotations: lines(120) }), first);
    expect(second).toMatchObject({ id: first.id, conclusion: 'failure', annotations: 120 });
    const third = await checks.publish(
      repository,
      report({ externalId: 'b', conclusion: 'action-required' }),
      second,
    );
    expect(third.id).not.toBe(second.id);
    expect(await checks.find(repository, which)).toEqual(third);
    expect(third).toMatchObject({ conclusion: 'action_required', externalId: 'b' });
    expect(manifests.checkRuns(which.head)).toHaveLength(2);
  });

  test('the conclusion comes with the last of the annotations', async () => {
    const { hub, manifests, repository, rooms } = stage;
    let calls = 0;
    hub.onCall((phase, call) => {
      if (phase === 'before' && call.path.includes('/check-runs')) calls += 1;
      return calls === 2 ? 'reset' : undefined;
    });
    const sent = rooms.checks.publish(repository, report({ annotations: lines(51) }));
    await expect(sent).rejects.toThrow('did not answer');
    expect(manifests.checkRuns(report().head)).toMatchObject([{ status: 'in_progress' }]);
  });
});

describe('a branch of the App’s own', () => {
  const BRANCH = 'lastgood/state';
  const commit = (expected: string | undefined, text: string | null) => ({
    branch: BRANCH,
    expected,
    from: stage.manifests.head() ?? '',
    headline: 'Hold production/fraud',
    body: 'Lastgood-State: hold',
    files: { 'targets/production/fraud.yaml': text },
  });
  const written = async (expected: string | undefined, text: string | null) => {
    const outcome = await stage.rooms.ownBranch.write(stage.repository, commit(expected, text));
    if (outcome.kind !== 'written') throw new Error(outcome.kind);
    return outcome.commit;
  };

  test('is begun, compared and swapped, and every commit is signed', async () => {
    const { manifests, repository, rooms } = stage;
    const { ownBranch } = rooms;
    expect(await ownBranch.head(repository, BRANCH)).toBeUndefined();
    const first = await ownBranch.write(repository, commit(undefined, 'hold: 1\n'));
    expect(first).toMatchObject({ kind: 'written', verified: true });
    const head = await ownBranch.head(repository, BRANCH);
    expect(head).toBe(manifests.head(BRANCH));
    // Two replicas from the same picture: one wins, the other reads again.
    const both = await Promise.all([
      ownBranch.write(repository, commit(head, 'hold: 2\n')),
      ownBranch.write(repository, commit(head, 'hold: 3\n')),
    ]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['conflict', 'written']);
    expect(await ownBranch.write(repository, commit(undefined, 'x'))).toEqual({ kind: 'conflict' });
    await written(manifests.head(BRANCH), null);
    expect(await manifests.read('targets/production/fraud.yaml', BRANCH)).toBeUndefined();
    expect(manifests.head()).not.toBe(manifests.head(BRANCH));
    await alice.deleteBranch(manifests, BRANCH);
    expect(await ownBranch.write(repository, commit(head, 'x'))).toEqual({ kind: 'conflict' });
  });

  test('a rule that forbids it is told', async () => {
    const { manifests, repository, rooms } = stage;
    const head = await written(undefined, 'a\n');
    manifests.rules({ branches: [BRANCH], update: true });
    expect(await rooms.ownBranch.write(repository, commit(head, 'b\n'))).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('Cannot update this protected ref.'),
    });
  });

  test('what others wrote to it is told apart from what the App wrote', async () => {
    const { manifests, repository, rooms, app } = stage;
    const { ownBranch } = rooms;
    const { account } = await rooms.self(repository);
    const since = await written(undefined, 'a\n');
    expect(await ownBranch.commitsSince(repository, BRANCH, since)).toEqual({
      rewritten: false,
      commits: [],
    });
    await written(since, 'b\n');
    await alice.push(manifests, BRANCH, { message: 'Lift', files: { 'x.yaml': 'x\n' } });
    // Forged: the bot's name and address, but not GitHub's signature.
    await manifests.commit({
      by: app.login,
      message: 'Lastgood-State: unhold',
      files: { 'x.yaml': 'y\n' },
      branch: BRANCH,
    });
    const { rewritten, commits } = await ownBranch.commitsSince(repository, BRANCH, since);
    expect(rewritten).toBe(false);
    expect(
      commits.map((one) => [one.author?.login, one.verified, isOwnCommit(one, account)]),
    ).toEqual([
      ['lastgood[bot]', true, true],
      ['alice', false, false],
      ['lastgood[bot]', false, false],
    ]);
    await alice.forcePush(manifests, BRANCH, manifests.head() ?? '');
    expect(await ownBranch.commitsSince(repository, BRANCH, since)).toMatchObject({
      rewritten: true,
    });
    const nowhere = await ownBranch.commitsSince(repository, BRANCH, 'f'.repeat(40));
    expect(nowhere).toEqual({ rewritten: true, commits: [] });
  });

  test('a squash of the App’s own pull request into it looks like the App’s, but was brought by it', async () => {
    const { forge, manifests, repository, rooms, proposal } = stage;
    const { account } = await rooms.self(repository);
    const since = await written(undefined, 'a\n');
    const { pull } = await forge.propose(repository, proposal);
    await alice.push(manifests, proposal.branch, { message: 'More', files: { 'x.yaml': 'x\n' } });
    await alice.editPull(manifests, pull.number, { base: BRANCH });
    const merged = await alice.mergePull(manifests, pull.number, 'squash');
    const { commits } = await rooms.ownBranch.commitsSince(repository, BRANCH, since);
    expect(commits.map((one) => [one.oid, isOwnCommit(one, account)])).toEqual([[merged, true]]);
    expect(await rooms.ownBranch.broughtBy(repository, merged)).toEqual([pull.number]);
    expect(await rooms.ownBranch.broughtBy(repository, since)).toEqual([]);
  });
});
