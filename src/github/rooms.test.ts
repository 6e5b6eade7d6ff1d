import { Octokit } from '@octokit/rest';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  API,
  BASE,
  endAnswers,
  HEAD,
  NOW,
  on,
  R,
  REPOSITORY,
} from '../../fixtures/github/answers.ts';
import { createChecks } from './create-checks.ts';
import { createConversation } from './create-conversation.ts';
import { createIssues } from './create-issues.ts';
import { createOwnBranch } from './create-own-branch.ts';
import { createPullFiles } from './create-pull-files.ts';
import { GitHubDown, GitHubError, RateLimited } from './errors.ts';
import { createSelf } from './read-self.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

const nothing = (): void => {};
const octokit = new Octokit({
  auth: 'token',
  log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
});
const octokitFor = () => Promise.resolve(octokit);
const timing = { clock: () => NOW, wait: () => Promise.resolve() };
const conversation = createConversation(octokitFor, timing);
const issues = createIssues(octokitFor, timing);
const checks = createChecks(octokitFor, timing);
const ownBranch = createOwnBranch(octokitFor, timing);
const pullFiles = createPullFiles(octokitFor, timing);

const comment = (id: number) => ({
  id,
  html_url: `https://github.com/acme/manifests/issues/5#issuecomment-${id}`,
  user: null,
  body: '/hold',
  created_at: '2026-11-20T02:17:00Z',
  updated_at: '2026-11-20T02:18:00Z',
});

describe('comments', () => {
  test('of a deleted account are the ghost’s', async () => {
    on('GET', `${R}/issues/5/comments?per_page=100&page=1`, 200, [comment(1)]);
    expect(await conversation.comments(REPOSITORY, 5)).toMatchObject([
      { author: { id: 0, login: 'ghost' }, updatedAt: NOW + 60_000 },
    ]);
  });

  test('are read page by page, since a time', async () => {
    const since = `since=${encodeURIComponent(new Date(NOW).toISOString())}`;
    const hundred = Array.from({ length: 100 }, (_, at) => comment(at));
    on('GET', `${R}/issues/5/comments?per_page=100&page=1&${since}`, 200, hundred);
    on('GET', `${R}/issues/5/comments?per_page=100&page=2&${since}`, 200, [comment(100)]);
    expect(await conversation.comments(REPOSITORY, 5, NOW)).toHaveLength(101);
  });

  test('reality 5: one that may have been written is not written again', async () => {
    on('POST', `${R}/issues/5/comments`, 502, {});
    await expect(conversation.say(REPOSITORY, 5, 'text')).rejects.toBeInstanceOf(GitHubDown);
  });

  test('reality 20: a limit says how long to wait', async () => {
    nock(API)
      .post(`${R}/issues/5/comments`)
      .reply(403, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '60' });
    const said = conversation.say(REPOSITORY, 5, 'text');
    await expect(said).rejects.toMatchObject({ after: 60_000 });
    await expect(said).rejects.toBeInstanceOf(RateLimited);
  });
});

describe('reality 25: what may not be all of it is not taken for all', () => {
  const pages = (count: number, ask: (page: number) => void) => {
    for (let page = 1; page <= count; page += 1) ask(page);
  };

  test('3000 comments are an error', async () => {
    const hundred = Array.from({ length: 100 }, (_, at) => comment(at));
    pages(30, (page) =>
      on('GET', `${R}/issues/5/comments?per_page=100&page=${page}`, 200, hundred),
    );
    await expect(conversation.comments(REPOSITORY, 5)).rejects.toThrow(/not all of them can be/);
  });

  test('so are 1000 commits of the App’s own branch', async () => {
    const one = {
      sha: HEAD,
      parents: [],
      author: null,
      committer: null,
      commit: { message: 'x', committer: null },
    };
    const commits = Array.from({ length: 100 }, () => one);
    pages(10, (page) =>
      on('GET', `${R}/compare/${HEAD}...own?per_page=100&page=${page}`, 200, {
        status: 'ahead',
        commits,
      }),
    );
    const asked = ownBranch.commitsSince(REPOSITORY, 'own', HEAD);
    await expect(asked).rejects.toThrow(/cannot be checked/);
  });

  test.each([
    [299, true],
    [300, false],
  ])('of %i changed files the check says whether those are all', async (count, complete) => {
    const files = Array.from({ length: count }, (_, at) => ({
      filename: `f${at}`,
      sha: 'b',
      status: 'modified',
    }));
    on('GET', `${R}/compare/${BASE}...${HEAD}?per_page=1`, 200, {
      files,
      merge_base_commit: { sha: BASE },
    });
    const changed = await pullFiles.changed(REPOSITORY, { base: BASE, head: HEAD });
    expect(changed).toMatchObject({ complete, start: BASE });
  });
});

test('a repository without issues says so', async () => {
  on('POST', `${R}/issues`, 410, { message: 'Issues has been disabled in this repository.' });
  const opened = issues.open(REPOSITORY, { title: 'T', body: 'B', labels: [] });
  await expect(opened).rejects.toThrow(/\(status 410\): Issues has been disabled/);
});

test('reality 25: the texts of a check are shortened', async () => {
  let sent = { output: { title: '', summary: '' }, actions: [] as unknown[] };
  nock(API)
    .post(`${R}/check-runs`, (body: typeof sent) => {
      sent = body;
      return true;
    })
    .reply(201, {
      id: 1,
      html_url: null,
      external_id: null,
      status: 'completed',
      conclusion: 'success',
      output: { title: null, annotations_count: 0 },
    });
  await checks.publish(REPOSITORY, {
    name: 'lastgood',
    head: HEAD,
    externalId: 'a',
    conclusion: 'success',
    title: 'x'.repeat(300),
    summary: 'x'.repeat(70_000),
    annotations: [],
  });
  expect(sent.output.title).toHaveLength(256);
  expect(sent.output.summary.length).toBeLessThanOrEqual(65_535);
});

describe('a commit to the App’s own branch', () => {
  const commit = {
    branch: 'lastgood/state',
    expected: HEAD,
    from: HEAD,
    headline: 'Hold production/fraud',
    body: '',
    files: { 'a.yaml': 'a\n' },
  };
  const refused = (type: string, message: string) =>
    on('POST', '/graphql', 200, { data: null, errors: [{ type, message }] });

  test.each([
    ['STALE_DATA', `Expected branch to point to "${HEAD}" but it did not.  Pull and try again.`],
    ['NOT_FOUND', 'No such branch: "lastgood/state".'],
    ['UNPROCESSABLE', 'Reference update failed'],
  ])('reality 22: %s is a conflict', async (type, message) => {
    refused(type, message);
    expect(await ownBranch.write(REPOSITORY, commit)).toEqual({ kind: 'conflict' });
  });

  test.each([
    ['UNPROCESSABLE', 'Repository rule violations found'],
    ['FORBIDDEN', 'Resource not accessible by integration'],
  ])('%s: %s is for people', async (type, message) => {
    refused(type, message);
    expect(await ownBranch.write(REPOSITORY, commit)).toMatchObject({ kind: 'forbidden' });
  });

  test('reality 29: an answer that got lost is no conflict', async () => {
    refused('INTERNAL', 'Something went wrong while executing your query.');
    await expect(ownBranch.write(REPOSITORY, commit)).rejects.toBeInstanceOf(GitHubDown);
  });
});

test('a file of its own branch that somebody made huge is not fetched', async () => {
  const file = { oid: HEAD, isTruncated: true, text: 'x' };
  const answer = (byteSize: number) => ({
    data: { node: { ref: null, file0: { ...file, byteSize } } },
  });
  on('POST', '/graphql', 200, answer(100_000_000));
  await expect(ownBranch.read(REPOSITORY, 'lastgood/journal', ['a.jsonl'])).rejects.toThrow(
    'The file a.jsonl of the branch lastgood/journal has 100000000 bytes',
  );
  on('POST', '/graphql', 200, answer(600_000));
  on('GET', `${R}/git/blobs/${HEAD}`, 200, { content: Buffer.from('{}').toString('base64') });
  const { files } = await ownBranch.read(REPOSITORY, 'lastgood/journal', ['a.jsonl']);
  expect(files).toEqual(new Map([['a.jsonl', '{}']]));
});

test('who the App is, is asked once; a failure is not kept', async () => {
  const self = createSelf(octokitFor, octokit, timing);
  on('GET', '/app', 200, {});
  await expect(self(REPOSITORY)).rejects.toBeInstanceOf(GitHubError);
  on('GET', '/app', 200, { id: 7, slug: 'lastgood' });
  on('GET', '/users/lastgood%5Bbot%5D', 200, { id: 99, login: 'lastgood[bot]', type: 'Bot' });
  const account = { id: 99, login: 'lastgood[bot]', bot: true };
  expect(await self(REPOSITORY)).toEqual({ app: 7, slug: 'lastgood', account });
  expect(await self(REPOSITORY)).toEqual({ app: 7, slug: 'lastgood', account });
});
