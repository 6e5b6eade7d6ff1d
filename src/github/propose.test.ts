import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  API,
  BASE,
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
import { MissingPermission, RateLimited } from './errors.ts';
import { propose } from './propose.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

test('reality 32: one request makes branch, signed commit and pull request', async () => {
  const { variables } = onPropose({
    createRef: REF,
    createCommitOnBranch: COMMIT,
    createPullRequest: made(),
  });
  const { pull, adopted, verified } = await propose(room().room, PROPOSAL);
  expect({ adopted, verified }).toEqual({ adopted: false, verified: true });
  expect(pull).toEqual({
    number: 5,
    nodeId: 'PR_5',
    url: 'https://github.com/acme/manifests/pull/5',
    state: 'open',
    title: 'Roll back fraud',
    body: 'Diversity collapsed.',
    author: { id: 99, login: 'lastgood[bot]', bot: true },
    own: true,
    branch: BRANCH,
    head: HEAD,
    into: 'main',
    base: BASE,
    createdAt: Date.parse('2026-11-20T02:16:58Z'),
    reviewDecision: 'none',
    mergeable: 'unknown',
  });
  expect(variables).toEqual({
    repository: 'R_7',
    ref: `refs/heads/${BRANCH}`,
    base: BASE,
    branch: { repositoryNameWithOwner: 'acme/manifests', branchName: BRANCH },
    message: PROPOSAL.commit,
    changes: {
      additions: [{ path: FILE, contents: Buffer.from('version: "1.10"\n').toString('base64') }],
    },
    into: 'main',
    from: BRANCH,
    title: PROPOSAL.title,
    body: PROPOSAL.body,
  });
});

test('reality 22: an unsigned commit is said to be one', async () => {
  const commit = { commit: { oid: HEAD, signature: null } };
  onPropose({ createRef: REF, createCommitOnBranch: commit, createPullRequest: made() });
  expect((await propose(room().room, PROPOSAL)).verified).toBe(false);
});

test('reality 25: a text that is too long is shortened before it is sent', async () => {
  const { variables } = onPropose({
    createRef: REF,
    createCommitOnBranch: COMMIT,
    createPullRequest: made(),
  });
  await propose(room().room, { ...PROPOSAL, title: 'x'.repeat(300), body: 'y'.repeat(70_000) });
  expect(String(variables['title'])).toHaveLength(256);
  expect(String(variables['body']).length).toBeLessThanOrEqual(65_536);
});

describe('reality 32: a request that is refused as a whole, or in part, is continued step by step', () => {
  test('nothing exists: branch, commit and pull request one after another', async () => {
    onGraph('Propose', { errors: [{ message: 'A query attribute must be a string' }] });
    onLook(null);
    on('POST', `${R}/git/refs`, 201, {});
    onLook(BASE);
    const { variables } = onGraph('Commit', { data: { createCommitOnBranch: COMMIT } });
    onLook(HEAD);
    onCompare(OURS);
    on('POST', `${R}/pulls`, 201, { number: 5 });
    onLook(HEAD, [pullNode()]);
    onCompare(OURS);
    const { room: here, waits } = room();
    expect(await propose(here, PROPOSAL)).toMatchObject({ adopted: false, pull: { number: 5 } });
    expect(variables).toMatchObject({ base: BASE });
    expect(waits).toEqual([]);
  });

  test('the branch stands at an older commit of the default branch: it is moved forward first', async () => {
    onPropose({}, [REFUSALS.ref, REFUSALS.commit]);
    onLook(HEAD);
    onCompare([], 0);
    let sent: unknown;
    nock(API)
      .patch(`${R}/git/refs/${encodeURIComponent(`heads/${BRANCH}`)}`, (body) => {
        sent = body;
        return true;
      })
      .reply(200, {});
    onLook(BASE);
    onGraph('Commit', { data: { createCommitOnBranch: COMMIT } });
    onLook(HEAD);
    onCompare(OURS);
    on('POST', `${R}/pulls`, 201, { number: 5 });
    onLook(HEAD, [pullNode()]);
    onCompare(OURS);
    expect(await propose(room().room, PROPOSAL)).toMatchObject({ adopted: false });
    expect(sent).toEqual({ sha: BASE, force: false });
  });

  test('reality 18: "No commits between" right after the commit is waited out', async () => {
    onPropose({ createRef: REF, createCommitOnBranch: COMMIT }, [
      {
        type: 'UNPROCESSABLE',
        path: ['createPullRequest'],
        message: `No commits between main and ${BRANCH}`,
      },
    ]);
    onLook(HEAD);
    onCompare(OURS);
    on('POST', `${R}/pulls`, 422, {
      message: 'Validation Failed',
      errors: [{ message: `No commits between main and ${BRANCH}` }],
    });
    onLook(HEAD);
    onCompare(OURS);
    on('POST', `${R}/pulls`, 201, { number: 5 });
    onLook(HEAD, [pullNode()]);
    onCompare(OURS);
    expect(await propose(room().room, PROPOSAL)).toMatchObject({ adopted: false });
  });
});

test('reality 33: a file with another mode goes through the Git Data API', async () => {
  // Nothing else may be asked: a commit made by the combined request would lose the mode.
  let strays = 0;
  const stray = () => void (strays += 1);
  nock.emitter.on('no match', stray);
  onLook(null);
  on('GET', `${R}/git/commits/${BASE}`, 200, { tree: { sha: 'tree-of-base' } });
  let tree: unknown;
  nock(API)
    .post(`${R}/git/trees`, (body) => {
      tree = body;
      return true;
    })
    .reply(201, { sha: 'new-tree' });
  let commit: unknown;
  nock(API)
    .post(`${R}/git/commits`, (body) => {
      commit = body;
      return true;
    })
    .reply(201, { sha: HEAD });
  nock(API)
    .post(`${R}/git/refs`, { ref: `refs/heads/${BRANCH}`, sha: HEAD })
    .reply(201, {});
  onLook(HEAD);
  onCompare(OURS);
  on('POST', `${R}/pulls`, 201, { number: 5 });
  onLook(HEAD, [pullNode()]);
  onCompare(OURS);
  const files = PROPOSAL.files.map((file) => ({ ...file, mode: '100755' }));
  expect(await propose(room().room, { ...PROPOSAL, files })).toMatchObject({ adopted: false });
  nock.emitter.off('no match', stray);
  expect(strays).toBe(0);
  expect(tree).toEqual({
    base_tree: 'tree-of-base',
    tree: [{ path: FILE, mode: '100755', type: 'blob', content: 'version: "1.10"\n' }],
  });
  expect(commit).toEqual({
    message: 'Roll back fraud\n\nLastgood-Target: production/fraud',
    tree: 'new-tree',
    parents: [BASE],
  });
});

test('reality 20: a limit is passed on at once, with its time', async () => {
  onGraph('Propose', { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] });
  const error = await propose(room().room, PROPOSAL).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RateLimited);
  expect(error).toMatchObject({ after: 60_000 });
});

test('a missing permission is named', async () => {
  onPropose({}, [
    { type: 'FORBIDDEN', path: ['createRef'], message: 'Resource not accessible by integration' },
  ]);
  onLook(null);
  on(
    'POST',
    `${R}/git/refs`,
    403,
    { message: 'Resource not accessible by integration' },
    { 'x-accepted-github-permissions': 'contents=write' },
  );
  const error = await propose(room().room, PROPOSAL).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MissingPermission);
  expect(error).toMatchObject({ permission: 'contents=write', status: 403, audience: 'both' });
});

test('reality 23: a refusal that looking again cannot mend is passed on in its words', async () => {
  onPropose({ createRef: REF });
  onLook(BASE);
  onGraph('Commit', {
    data: { createCommitOnBranch: null },
    errors: [
      {
        type: 'UNPROCESSABLE',
        message:
          'refusing to allow a GitHub App to create or update workflow without `workflows` permission',
      },
    ],
  });
  await expect(propose(room().room, PROPOSAL)).rejects.toThrow(/without `workflows` permission/);
});
