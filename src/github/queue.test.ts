import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  endAnswers,
  HEAD,
  MERGED,
  onGraph,
  pullNode,
  room,
} from '../../fixtures/github/answers.ts';
import { NotInstalled, RateLimited } from './errors.ts';
import { dequeue, enqueue } from './queue.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

const REQUEST = { number: 5, nodeId: 'PR_5', head: HEAD };
const APP = { login: 'lastgood' };

/** What a read of the pull request says of the steps that were done. */
const TRACES = {
  closedAt: null,
  mergedBy: null,
  headRef: { id: 'REF' },
  labels: { nodes: [] },
  reviewRequests: { totalCount: 0 },
  reviews: { totalCount: 0 },
  comments: { nodes: [] },
  timelineItems: { nodes: [] },
  mergeQueueEntry: null,
  queueEvents: { nodes: [] },
};

const onPull = (change: Readonly<Record<string, unknown>> = {}) =>
  onGraph('PullByNumber', {
    data: { node: { pullRequest: pullNode({ ...TRACES, mergeable: 'MERGEABLE', ...change }) } },
  });

const refused = (message: string, type = 'UNPROCESSABLE') => ({
  data: null,
  errors: [{ type, path: ['enqueuePullRequest'], message }],
});

describe('reality 11: into the merge queue', () => {
  test('bound to the head, by one mutation', async () => {
    const { variables } = onGraph('Enqueue', { data: { enqueuePullRequest: null } });
    expect(await enqueue(room().room, REQUEST)).toEqual({ kind: 'queued' });
    expect(variables).toEqual({ pull: 'PR_5', head: HEAD });
  });

  test.each([
    ['At least 1 approving review is required by reviewers with write access.', 'reviews-missing'],
    ['Required status check "ci" is expected.', 'checks-pending'],
    ['Resource not accessible by integration', 'forbidden'],
    ['Pull request is not mergeable', 'forbidden'],
    ['Something that nobody has seen yet', 'forbidden'],
  ])('refused with "%s": %s', async (message, kind) => {
    onGraph('Enqueue', refused(message));
    onPull();
    expect(await enqueue(room().room, REQUEST)).toEqual({ kind, message });
  });

  test.each([
    ['it is there already', { mergeQueueEntry: { enqueuer: APP } }, { kind: 'queued' }],
    [
      'it was merged',
      { state: 'MERGED', mergeCommit: { oid: MERGED } },
      { kind: 'merged', commit: MERGED },
    ],
    ['it was closed', { state: 'CLOSED' }, { kind: 'gone' }],
    ['its head moved', { headRefOid: MERGED }, { kind: 'head-moved' }],
    ['it conflicts', { mergeable: 'CONFLICTING' }, { kind: 'conflict' }],
  ])('refused, and %s', async (_, change, outcome) => {
    onGraph('Enqueue', refused('Pull request could not be added'));
    onPull(change);
    expect(await enqueue(room().room, REQUEST)).toMatchObject(outcome);
  });

  test.each([
    ['it is there', { mergeQueueEntry: { enqueuer: APP } }, { kind: 'queued' }],
    ['it is not', {}, { kind: 'try-later', after: 30_000 }],
  ])('realities 4 and 29: the answer got lost, and %s: sent once', async (_, change, outcome) => {
    onGraph('Enqueue', { message: 'Server Error' }, 502);
    onPull(change);
    expect(await enqueue(room().room, REQUEST)).toMatchObject(outcome);
  });

  test('reality 29: "Something went wrong" may have put it there, and did not: tried later', async () => {
    onGraph('Enqueue', {
      data: null,
      errors: [{ message: 'Something went wrong while executing' }],
    });
    onPull();
    expect(await enqueue(room().room, REQUEST)).toMatchObject({ kind: 'try-later' });
  });

  test('reality 20: a limit says when to come again, and nothing is asked meanwhile', async () => {
    onGraph('Enqueue', {
      data: null,
      errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }],
    });
    expect(await enqueue(room().room, REQUEST)).toMatchObject({ kind: 'try-later', after: 60_000 });
  });

  test('reality 21: a token that is refused is an App that is not installed', async () => {
    onGraph('Enqueue', { message: 'Bad credentials' }, 401);
    await expect(enqueue(room().room, REQUEST)).rejects.toBeInstanceOf(NotInstalled);
  });
});

describe('reality 11: out of the merge queue', () => {
  test('by one mutation', async () => {
    const { variables } = onGraph('Dequeue', { data: { dequeuePullRequest: null } });
    await dequeue(room().room, REQUEST);
    expect(variables).toEqual({ pull: 'PR_5' });
  });

  test('refused because it is there no longer: that was wanted', async () => {
    onGraph('Dequeue', refused('Pull request is not in the merge queue'));
    onPull();
    await expect(dequeue(room().room, REQUEST)).resolves.toBeUndefined();
  });

  test('refused while it is there: told', async () => {
    onGraph('Dequeue', refused('You may not'));
    onPull({ mergeQueueEntry: { enqueuer: APP } });
    await expect(dequeue(room().room, REQUEST)).rejects.toThrow(
      'GitHub refused to take pull request #5 out of the merge queue in acme/manifests: You may not',
    );
  });

  test('reality 20: a limit says when to come again', async () => {
    onGraph('Dequeue', {
      data: null,
      errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }],
    });
    await expect(dequeue(room().room, REQUEST)).rejects.toBeInstanceOf(RateLimited);
  });
});
