import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  API,
  BLOB,
  BRANCH,
  endAnswers,
  FILE,
  HEAD,
  on,
  onGraph,
  PROPOSAL,
  pullNode,
  R,
  room,
} from '../../fixtures/github/answers.ts';
import {
  COMMIT,
  made,
  onCompare,
  onLook,
  onPropose,
  OURS,
  REF,
  REFUSALS,
} from '../../fixtures/github/proposal-answers.ts';
import { BranchTaken, GitHubDown } from './errors.ts';
import { withdrawnBody } from '../texts/withdrawn.ts';
import { propose } from './propose.ts';

const BY_ALICE = {
  viewerDidAuthor: false,
  author: { __typename: 'User', login: 'alice', databaseId: 11 },
};

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

describe('reality 19: what exists already is adopted', () => {
  test('the whole proposal, made by another replica', async () => {
    onPropose({}, [REFUSALS.ref, REFUSALS.commit, REFUSALS.pull]);
    onLook(HEAD, [pullNode()]);
    onCompare(OURS);
    const answer = await propose(room().room, PROPOSAL);
    expect(answer).toMatchObject({ adopted: true, verified: true, pull: { number: 5 } });
  });

  test('the branch with its commit: the combined request adds the pull request', async () => {
    onPropose({ createPullRequest: made() }, [REFUSALS.ref, REFUSALS.commit]);
    onLook(HEAD, [pullNode()]);
    onCompare(OURS);
    const answer = await propose(room().room, PROPOSAL);
    expect(answer).toMatchObject({ adopted: false, pull: { number: 5 } });
  });

  test('one that somebody pointed at another branch: GitHub opened a second beside it, which is closed', async () => {
    const earlier = pullNode({ number: 3, id: 'PR_3', baseRefName: 'side' });
    onPropose({ createPullRequest: made({}, [earlier]) }, [REFUSALS.ref, REFUSALS.commit]);
    onLook(HEAD, [pullNode(), earlier]);
    onCompare(OURS);
    const close = on('PATCH', `${R}/pulls/5`, 200, {});
    const answer = await propose(room().room, PROPOSAL);
    expect(answer).toMatchObject({ adopted: true, pull: { number: 3, state: 'open' } });
    expect(close.isDone()).toBe(true);
  });

  test('a race lost between two steps: the reference that exists by now is used', async () => {
    onPropose({}, []);
    onLook(null);
    on('POST', `${R}/git/refs`, 422, { message: 'Reference already exists' });
    onLook(HEAD);
    onCompare(OURS);
    on('POST', `${R}/pulls`, 422, {
      message: 'Validation Failed',
      errors: [
        {
          resource: 'PullRequest',
          code: 'custom',
          message: `A pull request already exists for acme:${BRANCH}.`,
        },
      ],
    });
    onLook(HEAD, [pullNode()]);
    onCompare(OURS);
    const { room: here, waits } = room();
    expect(await propose(here, PROPOSAL)).toMatchObject({ adopted: true, pull: { number: 5 } });
    expect(waits).toEqual([500, 1_000]);
  });
});

describe('reality 29: a lost answer is looked into, never sent again', () => {
  test.each([
    ['a 502', () => onGraph('Propose', { message: 'Server Error' }, 502)],
    [
      'a broken connection',
      () =>
        nock(API)
          .post('/graphql', /Propose/)
          .replyWithError('socket hang up'),
    ],
    [
      '"Something went wrong"',
      () =>
        onGraph('Propose', {
          data: null,
          errors: [
            { message: 'Something went wrong while executing your query. Please include `1:2` …' },
          ],
        }),
    ],
  ])('%s after which everything was there', async (_, lose) => {
    lose();
    onLook(HEAD, [pullNode()]);
    onCompare(OURS);
    expect(await propose(room().room, PROPOSAL)).toMatchObject({ adopted: true });
  });

  test('GitHub that stays down gives up in the end', async () => {
    onGraph('Propose', {}, 500);
    for (let tries = 0; tries < 4; tries += 1) onGraph('Look', {}, 500);
    await expect(propose(room().room, PROPOSAL)).rejects.toBeInstanceOf(GitHubDown);
  });
});

describe('a branch with another content is never touched', () => {
  const OTHER = [
    ['another text', [{ filename: FILE, sha: '1'.repeat(40) }]],
    ['one file more', [...OURS, { filename: 'x.yaml', sha: BLOB }]],
    ['another file', [{ filename: 'x.yaml', sha: BLOB }]],
    ['the file removed', [{ filename: FILE, sha: BLOB, status: 'removed' }]],
    ['nothing', []],
  ] as const;

  test.each(OTHER)('%s', async (_, files) => {
    onPropose({}, [REFUSALS.ref, REFUSALS.commit, REFUSALS.pull]);
    onLook(HEAD, [pullNode()]);
    onCompare(files);
    const error = await propose(room().room, PROPOSAL).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BranchTaken);
    expect(error).toMatchObject({
      branch: BRANCH,
      head: HEAD,
      pull: { number: 5 },
      audience: 'user',
    });
  });

  test('a pull request that the combined request opened for it is closed again', async () => {
    onPropose({ createPullRequest: made() }, [REFUSALS.ref, REFUSALS.commit]);
    onLook(HEAD, [pullNode()]);
    onCompare([]);
    const close = nock(API)
      .patch(`${R}/pulls/5`, { state: 'closed', body: withdrawnBody(PROPOSAL.body) })
      .reply(200, {});
    await expect(propose(room().room, PROPOSAL)).rejects.toBeInstanceOf(BranchTaken);
    expect(close.isDone()).toBe(true);
  });
});

describe("reality 19: somebody else's pull request is not taken over", () => {
  test('however right its content', async () => {
    onPropose({}, [REFUSALS.ref, REFUSALS.commit, REFUSALS.pull]);
    onLook(HEAD, [pullNode(BY_ALICE)]);
    onCompare(OURS);
    await expect(propose(room().room, PROPOSAL)).rejects.toMatchObject({
      name: 'BranchTaken',
      message: expect.stringMatching(
        /^Pull request #5 of the branch \S+ was opened by alice and not by Lastgood/,
      ) as string,
    });
  });

  test('a branch that was taken is looked at first: nothing is opened', async () => {
    onLook(HEAD, [pullNode(BY_ALICE)]);
    onCompare(OURS);
    const again = propose(room().room, { ...PROPOSAL, lookFirst: true });
    await expect(again).rejects.toBeInstanceOf(BranchTaken);
  });
});

describe('a pull request of its own that was closed or merged before is the answer', () => {
  test.each([
    ['CLOSED', 'closed'],
    ['MERGED', 'merged'],
  ])('%s', async (state, mine) => {
    onPropose({}, [REFUSALS.ref, REFUSALS.commit, REFUSALS.pull]);
    onLook(null, [pullNode({ number: 3, state })]);
    const answer = await propose(room().room, PROPOSAL);
    expect(answer).toMatchObject({ adopted: true, pull: { number: 3, state: mine } });
  });

  test('the second one, which GitHub opened beside it, is closed with its branch', async () => {
    const earlier = pullNode({ number: 3, id: 'PR_3', state: 'CLOSED' });
    onPropose({
      createRef: REF,
      createCommitOnBranch: COMMIT,
      createPullRequest: made({}, [earlier]),
    });
    onLook(HEAD, [pullNode(), earlier]);
    onCompare(OURS);
    const close = on('PATCH', `${R}/pulls/5`, 200, {});
    on('DELETE', `${R}/git/refs/${encodeURIComponent(`heads/${BRANCH}`)}`, 204, '');
    const answer = await propose(room().room, PROPOSAL);
    expect(answer).toMatchObject({ adopted: true, pull: { number: 3, state: 'closed' } });
    expect(close.isDone()).toBe(true);
  });

  test("and a person's own pull request from the branch is left open", async () => {
    onPropose({}, [REFUSALS.ref, REFUSALS.commit, REFUSALS.pull]);
    onLook(HEAD, [pullNode(BY_ALICE), pullNode({ number: 3, state: 'CLOSED' })]);
    onCompare(OURS);
    expect(await propose(room().room, PROPOSAL)).toMatchObject({
      adopted: true,
      pull: { number: 3, state: 'closed' },
    });
  });

  test('not one that somebody else opened and closed', async () => {
    onPropose({
      createRef: REF,
      createCommitOnBranch: COMMIT,
      createPullRequest: made({}, [pullNode({ ...BY_ALICE, number: 3, state: 'CLOSED' })]),
    });
    expect(await propose(room().room, PROPOSAL)).toMatchObject({
      adopted: false,
      pull: { number: 5 },
    });
  });

  test('not one that Lastgood withdrew', async () => {
    const body = withdrawnBody(PROPOSAL.body);
    onPropose({
      createRef: REF,
      createCommitOnBranch: COMMIT,
      createPullRequest: made({}, [pullNode({ number: 3, state: 'CLOSED', body })]),
    });
    expect(await propose(room().room, PROPOSAL)).toMatchObject({
      adopted: false,
      pull: { number: 5 },
    });
  });

  test('one of a fork with the same branch name is not', async () => {
    const fork = pullNode({ number: 3, state: 'CLOSED', isCrossRepository: true });
    onPropose({
      createRef: REF,
      createCommitOnBranch: COMMIT,
      createPullRequest: made({}, [fork]),
    });
    expect(await propose(room().room, PROPOSAL)).toMatchObject({
      adopted: false,
      pull: { number: 5 },
    });
  });
});
