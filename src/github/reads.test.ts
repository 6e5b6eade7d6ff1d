import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  HEAD,
  NOW,
  on,
  onGraph,
  pullNode,
  R,
  room,
  endAnswers,
} from '../../fixtures/github/answers.ts';
import { DAY } from '../time.ts';
import { readRollbackBranches } from './branches.ts';
import { CouldNotVerify, GitHubDown, NotInstalled, Truncated } from './errors.ts';
import { readCommitAuthors, readReviews, readRole, readTeamMembership } from './people.ts';
import { readChangedFiles, readPull, readRollbackPulls } from './pulls.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

describe('a pull request', () => {
  test('reality 18: one that GitHub does not show yet is asked for again', async () => {
    const missing = {
      data: { node: { pullRequest: null } },
      errors: [
        { type: 'NOT_FOUND', message: 'Could not resolve to a PullRequest with the number of 5.' },
      ],
    };
    onGraph('PullByNumber', missing);
    onGraph('PullByNumber', { data: { node: { pullRequest: pullNode() } } });
    const { room: here, waits } = room();
    expect(await readPull(here, 5)).toMatchObject({ number: 5 });
    expect(waits).toEqual([250]);
  });

  test('one that does not exist is status 404 in the end', async () => {
    const missing = {
      data: { node: { pullRequest: null } },
      errors: [
        { type: 'NOT_FOUND', message: 'Could not resolve to a PullRequest with the number of 5.' },
      ],
    };
    for (let tries = 0; tries < 4; tries += 1) onGraph('PullByNumber', missing);
    await expect(readPull(room().room, 5)).rejects.toThrow(/Could not resolve/);
  });

  test('reality 29: a read that GitHub fails at is asked again, a bounded number of times', async () => {
    for (let tries = 0; tries < 4; tries += 1) onGraph('PullByNumber', {}, 502);
    const { room: here, waits } = room();
    await expect(readPull(here, 5)).rejects.toBeInstanceOf(GitHubDown);
    expect(waits).toEqual([250, 1_000, 3_000]);
  });

  test('reality 29: so is one that it answers with 200 and "Something went wrong"', async () => {
    const message = 'Something went wrong while executing your query. Please include `1:2` …';
    onGraph('PullByNumber', { data: null, errors: [{ message }] });
    onGraph('PullByNumber', { data: { node: { pullRequest: pullNode() } } });
    expect(await readPull(room().room, 5)).toMatchObject({ number: 5 });
  });

  test.each([
    [
      { state: 'MERGED', mergedAt: '2026-11-20T02:18:00Z', mergeCommit: { oid: 'c' } },
      { state: 'merged', mergeCommit: 'c' },
    ],
    [
      { reviewDecision: 'REVIEW_REQUIRED', mergeable: 'CONFLICTING' },
      { reviewDecision: 'review-required', mergeable: 'conflict' },
    ],
    [{ author: null }, { author: { id: 0, login: 'ghost', bot: false } }],
    [{ author: { __typename: 'User', login: 'alice', databaseId: 11 } }, { author: ALICE }],
    [{ baseRef: null, baseRefOid: 'f' }, { base: 'f' }],
  ])('%o reads as %o', async (change, expected) => {
    onGraph('PullByNumber', { data: { node: { pullRequest: pullNode(change) } } });
    expect(await readPull(room().room, 5)).toMatchObject(expected);
  });
});

describe('rollback pull requests', () => {
  const listed = (id: string, change: Readonly<Record<string, unknown>> = {}) => ({
    id,
    headRefName: 'lastgood/production/fraud/x',
    isCrossRepository: false,
    createdAt: new Date(NOW).toISOString(),
    updatedAt: new Date(NOW).toISOString(),
    closedAt: null,
    ...change,
  });
  const onList = (nodes: readonly unknown[], next: string | null = null) =>
    onGraph('ListPulls', {
      data: {
        node: {
          pullRequests: { pageInfo: { hasNextPage: next !== null, endCursor: next }, nodes },
        },
      },
    });
  const ago = (days: number) => new Date(NOW - days * DAY).toISOString();
  const old = { createdAt: ago(2), updatedAt: ago(2) };

  test('every open one, and the others until they changed longer ago than asked for', async () => {
    const first = onList([listed('PR_9', { headRefName: 'feature' })], 'next');
    const second = onList([listed('PR_1', old)]);
    const closed = onList([listed('PR_8'), listed('PR_2', old), listed('PR_0')], 'never asked for');
    const ids = onGraph('PullsById', {
      data: {
        nodes: [
          pullNode({ number: 1, createdAt: old.createdAt }),
          pullNode({ number: 8, state: 'CLOSED' }),
        ],
      },
    });
    const pulls = await readRollbackPulls(room().room, NOW - DAY);
    expect(pulls.map((pull) => pull.number)).toEqual([8, 1]);
    const asked = { repository: 'R_7', states: ['OPEN'], by: 'CREATED_AT', after: null };
    expect(first.variables).toEqual(asked);
    expect(second.variables).toMatchObject({ after: 'next' });
    expect(closed.variables).toMatchObject({ states: ['CLOSED', 'MERGED'], by: 'UPDATED_AT' });
    expect(ids.variables).toEqual({ ids: ['PR_1', 'PR_8'] });
  });

  test('one that waited for days counts by its end, and a word below an old one makes it no newer', async () => {
    onList([]);
    onList([
      listed('PR_4', { createdAt: ago(9), closedAt: ago(5) }),
      listed('PR_3', { createdAt: ago(9), closedAt: ago(0.5) }),
    ]);
    const { variables } = onGraph('PullsById', { data: { nodes: [pullNode()] } });
    await readRollbackPulls(room().room, NOW - DAY);
    expect(variables).toEqual({ ids: ['PR_3'] });
  });

  test('one that was closed between the two lists is named once', async () => {
    onList([listed('PR_5')]);
    onList([listed('PR_5')]);
    const { variables } = onGraph('PullsById', { data: { nodes: [pullNode()] } });
    await readRollbackPulls(room().room, NOW - DAY);
    expect(variables).toEqual({ ids: ['PR_5'] });
  });

  test("a stranger's fork with such a branch is none, and none costs two requests", async () => {
    onList([listed('PR_5', { isCrossRepository: true })]);
    onList([]);
    expect(await readRollbackPulls(room().room, NOW - DAY)).toEqual([]);
  });
});

describe('branches named like those of rollbacks', () => {
  const ref = (name: string, prefix: string, pulls = 0) => ({
    name,
    prefix,
    target: { oid: HEAD },
    associatedPullRequests: { totalCount: pulls },
  });
  const onBranches = (nodes: readonly unknown[], next: string | null = null) =>
    onGraph('ListBranches', {
      data: {
        node: { refs: { pageInfo: { hasNextPage: next !== null, endCursor: next }, nodes } },
      },
    });

  test('of every page, however GitHub splits their names', async () => {
    const first = onBranches(
      [ref('lastgood/a/b/c', 'refs/heads/', 2), ref('a/b/d', 'refs/heads/lastgood/')],
      'next',
    );
    const second = onBranches([ref('a/b/e', 'refs/heads/'), null]);
    expect(await readRollbackBranches(room().room)).toEqual([
      { branch: 'lastgood/a/b/c', head: HEAD, pulls: 2 },
      { branch: 'lastgood/a/b/d', head: HEAD, pulls: 0 },
      { branch: 'lastgood/a/b/e', head: HEAD, pulls: 0 },
    ]);
    expect(first.variables).toEqual({
      repository: 'R_7',
      prefix: 'refs/heads/lastgood/',
      after: null,
    });
    expect(second.variables).toMatchObject({ after: 'next' });
  });
});

describe('changed files', () => {
  const file = (at: number) => ({ filename: `f${at}`, sha: 'b', status: 'modified' });
  const onFiles = (page: number, count: number) =>
    on(
      'GET',
      `${R}/pulls/5/files?per_page=100&page=${page}`,
      200,
      Array.from({ length: count }, (_, at) => file(at)),
    );

  test('of every page', async () => {
    onFiles(1, 100);
    onFiles(2, 1);
    const files = await readChangedFiles(room().room, 5);
    expect(files).toHaveLength(101);
    expect(files[0]).toEqual({ path: 'f0', blob: 'b', status: 'modified' });
  });

  test('reality 25: 3000 of them are an error, because there may be more', async () => {
    for (let page = 1; page <= 30; page += 1) onFiles(page, 100);
    await expect(readChangedFiles(room().room, 5)).rejects.toBeInstanceOf(Truncated);
  });
});

test('reviews: submitted ones with their head, without drafts and deleted accounts', async () => {
  const review = { id: 1, user: { id: 11, login: 'alice', type: 'User' }, commit_id: HEAD };
  const at = { submitted_at: '2026-11-20T02:17:00Z' };
  on('GET', `${R}/pulls/5/reviews?per_page=100&page=1`, 200, [
    { ...review, ...at, state: 'APPROVED' },
    { ...review, ...at, id: 2, state: 'DISMISSED', commit_id: null },
    { ...review, id: 3, state: 'PENDING' },
    { ...review, ...at, id: 4, state: 'APPROVED', user: null },
    {
      ...review,
      ...at,
      id: 5,
      state: 'CHANGES_REQUESTED',
      user: { id: 12, login: 'ci[bot]', type: 'Bot' },
    },
  ]);
  expect(await readReviews(room().room, 5)).toEqual([
    { id: 1, user: ALICE, state: 'approved', commit: HEAD, at: NOW },
    { id: 2, user: ALICE, state: 'dismissed', commit: '', at: NOW },
    {
      id: 5,
      user: { id: 12, login: 'ci[bot]', bot: true },
      state: 'changes-requested',
      commit: HEAD,
      at: NOW,
    },
  ]);
});

test('reality 25: reviews come by the hundred, and an objection on a later page counts', async () => {
  const user = { id: 11, login: 'alice', type: 'User' };
  const at = { commit_id: HEAD, submitted_at: '2026-11-20T02:17:00Z' };
  const hundred = Array.from({ length: 100 }, (_, id) => ({ id, user, ...at, state: 'COMMENTED' }));
  on('GET', `${R}/pulls/5/reviews?per_page=100&page=1`, 200, hundred);
  on('GET', `${R}/pulls/5/reviews?per_page=100&page=2`, 200, [
    { id: 100, user, ...at, state: 'CHANGES_REQUESTED' },
  ]);
  const reviews = await readReviews(room().room, 5);
  expect(reviews.at(-1)).toMatchObject({ id: 100, state: 'changes-requested' });
});

describe('commit authors', () => {
  const onCommits = (page: number, commits: readonly unknown[]) =>
    on('GET', `${R}/pulls/5/commits?per_page=100&page=${page}`, 200, commits);

  test('authors and committers that GitHub knows, each once', async () => {
    const alice = { id: 11, login: 'alice', type: 'User' };
    onCommits(1, [
      { author: alice, committer: { id: 99, login: 'lastgood[bot]', type: 'Bot' } },
      { author: null, committer: alice },
      { author: {}, committer: null },
    ]);
    expect(await readCommitAuthors(room().room, 5)).toEqual([
      ALICE,
      { id: 99, login: 'lastgood[bot]', bot: true },
    ]);
  });

  test('reality 25: 250 of them are an error, because there may be more', async () => {
    const hundred = Array.from({ length: 100 }, () => ({ author: null, committer: null }));
    onCommits(1, hundred);
    onCommits(2, hundred);
    onCommits(3, hundred.slice(0, 50));
    await expect(readCommitAuthors(room().room, 5)).rejects.toBeInstanceOf(Truncated);
  });
});

describe('reality 14 and 15: the role of a user', () => {
  const ROLE = `${R}/collaborators/alice/permission`;
  const user = { id: 11, login: 'alice' };

  test.each([
    ['admin', 'admin', 'admin'],
    ['write', 'maintain', 'maintain'],
    ['read', 'triage', 'triage'],
    ['write', 'release-captain', 'write'],
    ['none', 'none', 'none'],
    ['none', '', 'none'],
  ])('permission %s with role_name %s is %s', async (permission, role_name, role) => {
    on('GET', ROLE, 200, { permission, role_name, user });
    expect(await readRole(room().room, ALICE)).toBe(role);
  });

  test('404 is none', async () => {
    on('GET', ROLE, 404, { message: 'alice is not a user' });
    expect(await readRole(room().room, ALICE)).toBe('none');
  });

  test('403 could not be verified', async () => {
    on('GET', ROLE, 403, { message: 'Resource not accessible by integration' });
    const error = await readRole(room().room, ALICE).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CouldNotVerify);
    expect(error).toMatchObject({ status: 403, audience: 'both' });
  });

  test('a GitHub that stays down could not verify either', async () => {
    for (let tries = 0; tries < 4; tries += 1) on('GET', ROLE, 503, {});
    await expect(readRole(room().room, ALICE)).rejects.toBeInstanceOf(CouldNotVerify);
  });

  test("reality 26: a login that is somebody else's by now could not be verified", async () => {
    on('GET', ROLE, 200, {
      permission: 'admin',
      role_name: 'admin',
      user: { id: 666, login: 'alice' },
    });
    await expect(readRole(room().room, ALICE)).rejects.toThrow(/another account/);
  });

  test('401 says that the App is not installed', async () => {
    on('GET', ROLE, 401, { message: 'Bad credentials' });
    await expect(readRole(room().room, ALICE)).rejects.toBeInstanceOf(NotInstalled);
  });
});

describe('team membership', () => {
  const MEMBER = '/orgs/acme/teams/sre/memberships/alice';
  const SRE = { org: 'acme', slug: 'sre' };

  test.each([
    ['active', true],
    ['pending', false],
  ])('%s is %s', async (state, member) => {
    on('GET', MEMBER, 200, { state, role: 'member' });
    expect(await readTeamMembership(room().room, SRE, ALICE)).toBe(member);
  });

  test('404 is no member', async () => {
    on('GET', MEMBER, 404, { message: 'Not Found' });
    expect(await readTeamMembership(room().room, SRE, ALICE)).toBe(false);
  });

  test('403 could not be verified', async () => {
    on('GET', MEMBER, 403, { message: 'Resource not accessible by integration' });
    await expect(readTeamMembership(room().room, SRE, ALICE)).rejects.toBeInstanceOf(
      CouldNotVerify,
    );
  });
});
