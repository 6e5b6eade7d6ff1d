import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  API,
  BRANCH,
  NOW,
  on,
  R,
  REPOSITORY,
  room,
  endAnswers,
} from '../../fixtures/github/answers.ts';
import type { Principal } from '../policy/policy.ts';
import { addComment, addLabels, deleteBranch, requestReviews, updatePull } from './conversation.ts';
import { GitHubDown, GitHubError, MissingPermission, NotInstalled } from './errors.ts';
import { mintGitToken } from './git-token.ts';
import { listRepositories } from './repositories.ts';
import { Octokit } from '@octokit/rest';

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

const alice: Principal = { kind: 'user', login: 'alice' };
const stranger: Principal = { kind: 'user', login: 'stranger' };
const sre: Principal = { kind: 'team', org: 'Acme', slug: 'sre' };
const foreign: Principal = { kind: 'team', org: 'other', slug: 'sre' };
const writers: Principal = { kind: 'role', role: 'write' };

describe('asking for reviews', () => {
  const ASK = `${R}/pulls/5/requested_reviewers`;
  const onAsk = (
    status: number,
    reviewers: readonly string[],
    team_reviewers: readonly string[] = [],
  ) =>
    nock(API)
      .post(ASK, { reviewers: [...reviewers], team_reviewers: [...team_reviewers] })
      .reply(
        status,
        status === 201 ? {} : { message: 'Reviews may only be requested from collaborators.' },
      );

  test('everybody in one request; roles are never asked, teams of another organisation cannot be', async () => {
    onAsk(201, ['alice'], ['sre']);
    expect(await requestReviews(room().room, 5, [alice, sre, writers, foreign])).toEqual([foreign]);
  });

  test('one by one when GitHub refuses one of them', async () => {
    onAsk(422, ['alice', 'stranger'], ['sre']);
    onAsk(201, ['alice']);
    onAsk(422, ['stranger']);
    onAsk(201, [], ['sre']);
    expect(await requestReviews(room().room, 5, [alice, stranger, sre])).toEqual([stranger]);
  });

  test('a refusal that concerns all is no failure of the rollback, and is not repeated', async () => {
    onAsk(403, ['alice', 'stranger']);
    expect(await requestReviews(room().room, 5, [alice, stranger])).toEqual([alice, stranger]);
  });

  test('what may pass by itself is left to the caller to do again', async () => {
    onAsk(500, ['alice', 'stranger']);
    const asked = requestReviews(room().room, 5, [alice, stranger]);
    await expect(asked).rejects.toBeInstanceOf(GitHubDown);
  });

  test('nobody to ask is no request', async () => {
    expect(await requestReviews(room().room, 5, [writers])).toEqual([]);
  });
});

test('reality 5: a comment that fails is sent once', async () => {
  on('POST', `${R}/issues/5/comments`, 502, {});
  await expect(addComment(room().room, 5, 'text')).rejects.toBeInstanceOf(GitHubDown);
});

test('reality 25: a comment that is too long is shortened', async () => {
  let sent = '';
  nock(API)
    .post(`${R}/issues/5/comments`, (body: { body: string }) => {
      sent = body.body;
      return true;
    })
    .reply(201, {});
  await addComment(room().room, 5, 'x'.repeat(70_000));
  expect(sent.length).toBeLessThanOrEqual(65_536);
  expect(sent).toMatch(/shortened: the text is 70000 characters long/);
});

test('labels', async () => {
  const added = nock(API)
    .post(`${R}/issues/5/labels`, { labels: ['lastgood'] })
    .reply(200, []);
  await addLabels(room().room, 5, ['lastgood']);
  await addLabels(room().room, 5, []);
  expect(added.isDone()).toBe(true);
});

test('editing and closing', async () => {
  const edited = nock(API).patch(`${R}/pulls/5`, { body: 'new' }).reply(200, {});
  await updatePull(room().room, 5, { body: 'new' });
  expect(edited.isDone()).toBe(true);
  const closed = nock(API).patch(`${R}/pulls/5`, { state: 'closed' }).reply(200, {});
  await updatePull(room().room, 5, { state: 'closed' });
  expect(closed.isDone()).toBe(true);
});

test('a permission that is missing is an error that says so', async () => {
  on('PATCH', `${R}/pulls/5`, 403, { message: 'Resource not accessible by integration' });
  await expect(updatePull(room().room, 5, { state: 'closed' })).rejects.toBeInstanceOf(
    MissingPermission,
  );
});

describe('deleting a branch', () => {
  const BRANCH_REF = `${R}/git/refs/${encodeURIComponent(`heads/${BRANCH}`)}`;

  test.each([
    [204, ''],
    [404, { message: 'Not Found' }],
    [422, { message: 'Reference does not exist' }],
  ])('%i is fine', async (status, body) => {
    on('DELETE', BRANCH_REF, status, body);
    await expect(deleteBranch(room().room, BRANCH)).resolves.toBeUndefined();
  });

  test('422 for another reason is not', async () => {
    on('DELETE', BRANCH_REF, 422, { message: 'Repository rule violations found' });
    await expect(deleteBranch(room().room, BRANCH)).rejects.toThrow(/rule violations/);
  });
});

describe('reality 21: a token for git', () => {
  const TOKENS = '/app/installations/42/access_tokens';

  test('is for one repository and for reading', async () => {
    nock(API)
      .post(TOKENS, { repository_ids: [7], permissions: { contents: 'read' } })
      .reply(201, { token: 'ghs_x', expires_at: '2026-11-20T03:17:00Z' });
    expect(await mintGitToken(room().room)).toBe('ghs_x');
  });

  test.each([
    [401, 'A JSON web token could not be decoded'],
    [403, 'This installation has been suspended'],
    [404, 'Not Found'],
    [
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    ],
  ])('%i %s: not installed', async (status, message) => {
    on('POST', TOKENS, status, { message });
    const error = await mintGitToken(room().room).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotInstalled);
    expect(error).toMatchObject({ status });
  });

  test('a GitHub that is down is not taken for one that refuses', async () => {
    for (let tries = 0; tries < 4; tries += 1) on('POST', TOKENS, 502, {});
    await expect(mintGitToken(room().room)).rejects.toBeInstanceOf(GitHubDown);
  });
});

describe('listing repositories', () => {
  const repository = (id: number, change: object = {}) => ({
    id,
    node_id: `R_${id}`,
    name: `repo-${id}`,
    owner: { login: 'acme' },
    default_branch: 'main',
    archived: false,
    disabled: false,
    ...change,
  });
  const timing = { clock: () => NOW, wait: () => Promise.resolve() };
  const octokit = new Octokit({ auth: 'token' });

  test('of every installation, without suspended ones and archived repositories', async () => {
    on('GET', '/app/installations?per_page=100&page=1', 200, [
      { id: 42, suspended_at: null },
      { id: 43, suspended_at: '2026-01-01T00:00:00Z' },
    ]);
    on('GET', '/installation/repositories?per_page=100&page=1', 200, {
      repositories: [
        repository(8),
        repository(7, { name: 'manifests' }),
        repository(9, { archived: true }),
      ],
    });
    const asked: number[] = [];
    const found = await listRepositories(
      octokit,
      (installation) => {
        asked.push(installation);
        return Promise.resolve(octokit);
      },
      timing,
    );
    expect(asked).toEqual([42]);
    expect(found).toEqual([
      { ...REPOSITORY, public: true },
      { ...REPOSITORY, public: true, id: 8, nodeId: 'R_8', name: 'repo-8' },
    ]);
  });

  test('a failure is a typed error', async () => {
    on('GET', '/app/installations?per_page=100&page=1', 400, { message: 'Bad request' });
    await expect(
      listRepositories(octokit, () => Promise.resolve(octokit), timing),
    ).rejects.toBeInstanceOf(GitHubError);
  });
});
