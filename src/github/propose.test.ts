import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  API,
  BASE,
  BLOB,
  BRANCH,
  FILE,
  HEAD,
  on,
  onGraph,
  PROPOSAL,
  pullNode,
  R,
  room,
  endAnswers,
} from '../../fixtures/github/answers.ts';
import { BranchTaken, GitHubDown, MissingPermission, RateLimited } from './errors.ts';
import { propose } from './propose.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(endAnswers);

const REF = { ref: { id: 'REF_1' } };
const COMMIT = { commit: { oid: HEAD, signature: { isValid: true } } };

function made(change: Readonly<Record<string, unknown>> = {}, others: readonly unknown[] = []) {
  const pull = pullNode(change);
  return { pullRequest: { ...pull, repository: { pullRequests: { nodes: [pull, ...others] } } } };
}

const REFUSALS = {
  ref: {
    type: 'UNPROCESSABLE',
    path: ['createRef'],
    message: `A ref named "refs/heads/${BRANCH}" already exists in the repository.`,
  },
  commit: {
    type: 'STALE_DATA',
    path: ['createCommitOnBranch'],
    message: `Expected branch to point to "${BASE}" but it did not.  Pull and try again.`,
  },
  pull: {
    type: 'UNPROCESSABLE',
    path: ['createPullRequest'],
    message: `A pull request already exists for acme:${BRANCH}.`,
  },
};

/** The combined request, with what came of each part. */
function onPropose(
  data: {
    readonly createRef?: unknown;
    readonly createCommitOnBranch?: unknown;
    readonly createPullRequest?: unknown;
  },
  errors: readonly unknown[] = [],
) {
  const nothing = { createRef: null, createCommitOnBranch: null, createPullRequest: null };
  return onGraph('Propose', {
    data: { ...nothing, ...data },
    ...(errors.length > 0 && { errors }),
  });
}

/** What exists when looked for. */
function onLook(head: string | null, pulls: readonly unknown[] = [], signed = true) {
  const target = { oid: head, signature: { isValid: signed } };
  return onGraph('Look', {
    data: {
      node: { ref: head === null ? null : { id: 'REF_1', target }, pullRequests: { nodes: pulls } },
    },
  });
}

/** What the branch changes. */
function onCompare(
  files: readonly { readonly filename: string; readonly sha: string; readonly status?: string }[],
  ahead = 1,
) {
  return on('GET', `${R}/compare/main...${HEAD}`, 200, {
    ahead_by: ahead,
    behind_by: 0,
    files: files.map((file) => ({ status: 'modified', ...file })),
  });
}

const OURS = [{ filename: FILE, sha: BLOB }];

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
    branch: BRANCH,
    head: HEAD,
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
    const close = on('PATCH', `${R}/pulls/5`, 200, {});
    await expect(propose(room().room, PROPOSAL)).rejects.toBeInstanceOf(BranchTaken);
    expect(close.isDone()).toBe(true);
  });
});

describe('a pull request that was closed or merged before is the answer', () => {
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

  test("a person's own pull request from the branch is left open", async () => {
    const author = { __typename: 'User', login: 'alice', databaseId: 11 };
    onPropose({}, [REFUSALS.ref, REFUSALS.commit, REFUSALS.pull]);
    onLook(HEAD, [pullNode({ author }), pullNode({ number: 3, state: 'CLOSED' })]);
    onCompare(OURS);
    expect(await propose(room().room, PROPOSAL)).toMatchObject({
      adopted: true,
      pull: { number: 5, state: 'open' },
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

test('reality 33: a file with another mode goes through the Git Data API', async () => {
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
