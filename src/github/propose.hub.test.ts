import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BRANCH, FILE, startForgeStage } from '../../fixtures/github/forge-stage.ts';
import type { ForgeStage } from '../../fixtures/github/forge-stage.ts';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { BranchTaken, MissingPermission } from './errors.ts';

let stage: ForgeStage;
let hub: ForgeStage['hub'];
let manifests: ForgeStage['manifests'];
let forge: ForgeStage['forge'];
let repository: ForgeStage['repository'];
let proposal: ForgeStage['proposal'];
let merge: ForgeStage['merge'];
let callsSince: ForgeStage['callsSince'];

beforeEach(async () => {
  stage = await startForgeStage();
  ({ hub, manifests, forge, repository, proposal, merge, callsSince } = stage);
});
afterEach(() => stage.stop());

test('reality 32: proposed and merged in two calls, signed, byte for byte', async () => {
  await forge.pull(repository, 1).catch(() => undefined);
  const from = hub.calls.length;
  const { pull, adopted, verified } = await forge.propose(repository, proposal);
  const outcome = await merge(pull.number, pull.head);
  expect(callsSince(from)).toEqual([
    'createRef createCommitOnBranch createPullRequest',
    `PUT /repos/acme/manifests/pulls/${pull.number}/merge`,
  ]);
  expect({ adopted, verified }).toEqual({ adopted: false, verified: true });
  expect(pull).toMatchObject({ state: 'open', branch: BRANCH, base: proposal.base });
  expect(pull.author).toMatchObject({ login: 'lastgood[bot]', bot: true });
  expect(outcome).toEqual({ kind: 'merged', commit: manifests.head() });
  expect(await manifests.read(FILE)).toBe('version: "1.10"\n');
  expect((await manifests.log())[0]?.subject).toBe(`Roll back fraud to 1.10 (#${pull.number})`);
  expect(await forge.pull(repository, pull.number)).toMatchObject({
    state: 'merged',
    mergeCommit: manifests.head(),
  });
});

describe('a proposal that is interrupted is continued', () => {
  test.each([
    ['createRef', 'createCommitOnBranch'],
    ['createRef and createCommitOnBranch', 'createPullRequest'],
  ])('after %s', async (_, field) => {
    hub.faults.once({ field, answer: { type: 'UNPROCESSABLE', message: 'A request was refused' } });
    if (field === 'createCommitOnBranch') {
      hub.faults.once({
        field: 'createPullRequest',
        answer: { type: 'UNPROCESSABLE', message: 'A request was refused' },
      });
    }
    const { pull } = await forge.propose(repository, proposal);
    expect(pull.state).toBe('open');
    expect(await manifests.read(FILE, BRANCH)).toBe('version: "1.10"\n');
    expect(manifests.pulls()).toHaveLength(1);
  });

  test.each([
    ['before', 'reset'],
    ['after', 'reset'],
    ['before', TROUBLE.badGateway],
    ['after', TROUBLE.badGateway],
    ['after', TROUBLE.graphqlWentWrong],
  ] as const)('reality 29: the answer is lost %s the work is done (%o)', async (when, answer) => {
    hub.faults.once({ field: 'createRef', when, answer });
    const { pull, adopted } = await forge.propose(repository, proposal);
    expect(pull.state).toBe('open');
    expect(adopted).toBe(when === 'after');
    expect(manifests.pulls()).toHaveLength(1);
    expect(await manifests.log(BRANCH)).toHaveLength(2);
  });

  test('reality 19: four at once make one pull request', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => forge.propose(repository, proposal)));
    expect(new Set(answers.map((answer) => answer.pull.number)).size).toBe(1);
    expect(answers.filter((answer) => !answer.adopted)).toHaveLength(1);
    expect(manifests.pulls()).toHaveLength(1);
    expect(await manifests.log(BRANCH)).toHaveLength(2);
  });

  test('a second time is the same pull request', async () => {
    const first = await forge.propose(repository, proposal);
    const second = await forge.propose(repository, proposal);
    expect(second).toMatchObject({ adopted: true, verified: true });
    expect(second.pull.number).toBe(first.pull.number);
  });

  test('the default branch moved between the branch and its commit', async () => {
    const message = 'Resource not accessible by integration';
    hub.faults.add({
      field: 'createCommitOnBranch',
      times: 2,
      answer: { type: 'FORBIDDEN', message },
    });
    await expect(forge.propose(repository, proposal)).rejects.toBeInstanceOf(MissingPermission);
    expect(manifests.head(BRANCH)).toBe(proposal.base);

    const base = await manifests.commit({
      by: 'alice',
      message: 'Other',
      files: { 'README.md': 'x\n' },
    });
    const { pull } = await forge.propose(repository, { ...proposal, base });
    expect(pull).toMatchObject({ state: 'open', base });
    expect((await manifests.log(BRANCH)).map((commit) => commit.subject)).toEqual([
      'Roll back fraud to 1.10',
      'Other',
      'Ship 1.11',
    ]);
  });
});

describe('a branch that is taken', () => {
  test('by other content stays as it is, and the pull request made for it is closed', async () => {
    const theirs = await manifests.commit({
      by: 'eve',
      branch: BRANCH,
      message: 'Something else',
      files: { [FILE]: 'version: "6.66"\n' },
    });
    const error = await forge.propose(repository, proposal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BranchTaken);
    expect(manifests.head(BRANCH)).toBe(theirs);
    expect(manifests.pulls().map((pull) => pull.state)).toEqual(['closed']);
  });
});

describe('a pull request that a person closed', () => {
  test.each(['kept', 'deleted'])('is the answer, with its branch %s', async (branch) => {
    hub.user('alice');
    manifests.grant('alice', 'write');
    const first = await forge.propose(repository, proposal);
    await hub.as('alice').closePull(manifests, first.pull.number);
    if (branch === 'deleted') await hub.as('alice').deleteBranch(manifests, BRANCH);
    const second = await forge.propose(repository, proposal);
    expect(second).toMatchObject({
      adopted: true,
      pull: { number: first.pull.number, state: 'closed' },
    });
    expect(manifests.pulls().filter((pull) => pull.state === 'open')).toEqual([]);
  });
});
