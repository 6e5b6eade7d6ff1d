import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  API,
  BASE,
  HEAD,
  MERGED,
  NOW,
  on,
  onGraph,
  pullNode,
  R,
  room,
  endAnswers,
} from '../../fixtures/github/answers.ts';
import { NotInstalled } from './errors.ts';
import { merge } from './merge.ts';

const REQUEST = {
  number: 5,
  head: HEAD,
  method: 'squash',
  title: 'Roll back fraud (#5)',
  message: 'Lastgood-Target: production/fraud\nLastgood-Base: aaaa',
} as const;
const MERGE = `${R}/pulls/5/merge`;

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

function onPull(change: Readonly<Record<string, unknown>> = {}) {
  return onGraph('PullByNumber', { data: { node: { pullRequest: pullNode(change) } } });
}

function onLanded(nodes: readonly unknown[], headMessage = 'Roll back fraud') {
  return onGraph('Landed', {
    data: {
      node: {
        pullRequest: {
          commits: { nodes: [{ commit: { oid: HEAD, message: headMessage } }] },
          baseRef: { target: { history: { nodes } } },
        },
      },
    },
  });
}

const landed = (message: string, parents: readonly string[] = [BASE], oid = MERGED) => ({
  oid,
  message,
  parents: { nodes: parents.map((parent) => ({ oid: parent })) },
});

test('reality 1: sends one call bound to the head, with the texts of the request', async () => {
  let sent: unknown;
  nock(API)
    .put(MERGE, (body) => {
      sent = body;
      return true;
    })
    .reply(200, { sha: MERGED, merged: true, message: 'Pull Request successfully merged' });
  expect(await merge(room().room, REQUEST)).toEqual({ kind: 'merged', commit: MERGED });
  expect(sent).toEqual({
    sha: HEAD,
    merge_method: 'squash',
    commit_title: REQUEST.title,
    commit_message: REQUEST.message,
  });
});

describe('reality 1 and 2: every refusal means one thing', () => {
  test.each([
    [409, 'Head branch was modified. Review and try the merge again.', 'head-moved'],
    [405, 'Base branch was modified. Review and try the merge again.', 'base-moved'],
    [405, 'Required status check "ci" is expected.', 'checks-pending'],
    [405, 'Required status check "ci" is in progress.', 'checks-pending'],
    [405, 'Required status check "ci" is failing.', 'forbidden'],
    [
      405,
      'At least 1 approving review is required by reviewers with write access.',
      'reviews-missing',
    ],
    [
      405,
      'Repository rule violations found\n\n2 of 2 required status checks are expected.\n\n',
      'checks-pending',
    ],
    [
      405,
      'Repository rule violations found\n\nAt least 1 approving review is required by reviewers with write access.\n\n2 of 3 required status checks have not succeeded: 1 expected.\n\n',
      'reviews-missing',
    ],
    [
      405,
      'Repository rule violations found\n\nCommits must have verified signatures.\n\nAt least 1 approving review is required by reviewers with write access.',
      'forbidden',
    ],
    // The order in which GitHub lists them says nothing.
    [
      405,
      'Repository rule violations found\n\nAt least 1 approving review is required by reviewers with write access.\n\nCommits must have verified signatures.',
      'forbidden',
    ],
    [
      405,
      'Repository rule violations found\n\nRequired status check "ci" is expected.\n\nAt least 1 approving review is required by reviewers with write access.',
      'reviews-missing',
    ],
    [405, 'Changes must be made through the merge queue', 'queue-required'],
    [
      405,
      'Repository rule violations found\n\nChanges must be made through the merge queue',
      'queue-required',
    ],
    [
      405,
      "You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information.",
      'forbidden',
    ],
    [405, 'Merge commits are not allowed on this repository.', 'forbidden'],
    [403, 'Resource not accessible by integration', 'forbidden'],
    [405, 'A sentence that GitHub has never said before', 'forbidden'],
  ])('%i %s is %s', async (status, message, kind) => {
    on('PUT', MERGE, status, { message });
    expect(await merge(room().room, REQUEST)).toMatchObject({ kind });
  });
});

test('reality 3: a 409 that is about a permission is not taken for a head that moved', async () => {
  on('PUT', MERGE, 409, { message: 'Cannot update this protected ref.' });
  onPull();
  expect(await merge(room().room, REQUEST)).toMatchObject({ kind: 'forbidden' });
});

test('reality 3: a 409 in unknown words is a head that moved when it did', async () => {
  on('PUT', MERGE, 409, { message: 'Conflict' });
  onPull({ headRefOid: 'e'.repeat(40) });
  expect(await merge(room().room, REQUEST)).toEqual({ kind: 'head-moved' });
});

describe('reality 6: "Pull Request is not mergeable" is looked into', () => {
  test.each([
    ['a conflict', { mergeable: 'CONFLICTING' }, { kind: 'conflict' }],
    ['not computed yet', { mergeable: 'UNKNOWN' }, { kind: 'not-computed' }],
    ['computed in the meantime', { mergeable: 'MERGEABLE' }, { kind: 'not-computed' }],
    ['another head', { headRefOid: 'e'.repeat(40) }, { kind: 'head-moved' }],
    [
      'closed by a person',
      { state: 'CLOSED' },
      { kind: 'gone', message: 'Pull request #5 is closed.' },
    ],
    [
      'merged by a person',
      { state: 'MERGED', mergeCommit: { oid: MERGED } },
      { kind: 'merged', commit: MERGED },
    ],
  ])('%s', async (_, change, outcome) => {
    on('PUT', MERGE, 405, { message: 'Pull Request is not mergeable' });
    onPull(change);
    expect(await merge(room().room, REQUEST)).toEqual(outcome);
  });
});

describe('reality 4: a lost answer is looked into, never sent again', () => {
  test('a 502 that merged', async () => {
    on('PUT', MERGE, 502, { message: 'Server Error' });
    onPull({ state: 'MERGED', mergeCommit: { oid: MERGED } });
    expect(await merge(room().room, REQUEST)).toEqual({ kind: 'merged', commit: MERGED });
  });

  test.each([
    ['squashed', landed(`${REQUEST.title}\n\n${REQUEST.message}\n\nCo-authored-by: x <x@y>`)],
    ['merged', landed('Merge pull request #5', [BASE, HEAD])],
    ['rebased', landed('Roll back fraud')],
  ])(
    'a 500 after which the commit landed, %s, with the pull request still open',
    async (_, commit) => {
      on('PUT', MERGE, 500, { message: 'Server Error' });
      onPull();
      onLanded([landed('Something else'), commit]);
      expect(await merge(room().room, REQUEST)).toEqual({ kind: 'merged', commit: MERGED });
    },
  );

  test('a connection that broke, and nothing landed', async () => {
    nock(API).put(MERGE).replyWithError('socket hang up');
    for (let look = 0; look < 3; look += 1) {
      onPull();
      onLanded([landed('Something else')]);
    }
    const { room: here, waits } = room();
    expect(await merge(here, REQUEST)).toMatchObject({ kind: 'try-later', after: 30_000 });
    expect(waits).toEqual([1_000, 3_000]);
  });

  test('the commit that shows only at the second look', async () => {
    on('PUT', MERGE, 500, {});
    onPull();
    onLanded([]);
    onPull({ state: 'MERGED', mergeCommit: { oid: MERGED } });
    expect(await merge(room().room, REQUEST)).toEqual({ kind: 'merged', commit: MERGED });
  });

  test('GitHub that stays down is tried later, and the merge is sent once', async () => {
    on('PUT', MERGE, 503, {});
    for (let tries = 0; tries < 4; tries += 1) onGraph('PullByNumber', {}, 503);
    expect(await merge(room().room, REQUEST)).toMatchObject({ kind: 'try-later', after: 60_000 });
  });
});

describe('reality 20: limits say when to come back', () => {
  test.each([
    [403, 'You have exceeded a secondary rate limit.', { 'retry-after': '17' }, 17_000],
    [429, 'Too many requests', { 'retry-after': '5' }, 5_000],
    [403, 'You have exceeded a secondary rate limit.', {}, 60_000],
    [
      403,
      'API rate limit exceeded for installation ID 42.',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 100) },
      101_000,
    ],
  ])('%i %s %o', async (status, message, headers, after) => {
    on('PUT', MERGE, status, { message }, headers);
    expect(await merge(room().room, REQUEST)).toEqual({ kind: 'try-later', after, message });
  });
});

test('404: the pull request or the repository is gone', async () => {
  on('PUT', MERGE, 404, { message: 'Not Found' });
  expect(await merge(room().room, REQUEST)).toMatchObject({ kind: 'gone' });
});

test('reality 21: 401 says that the App is not installed any more', async () => {
  on('PUT', MERGE, 401, { message: 'Bad credentials' });
  await expect(merge(room().room, REQUEST)).rejects.toBeInstanceOf(NotInstalled);
});
