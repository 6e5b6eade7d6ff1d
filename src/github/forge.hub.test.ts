import { generateKeyPairSync } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Probot } from 'probot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TROUBLE } from '../../fixtures/hub/faults.ts';
import { startHub } from '../../fixtures/hub/hub.ts';
import type { Hub } from '../../fixtures/hub/hub.ts';
import type { Forge, Proposal, Repository } from '../rollback/forge.ts';
import { DAY } from '../time.ts';
import { createForge } from './create-forge.ts';
import { BranchTaken, MissingPermission, NotInstalled } from './errors.ts';
import { createProbotOptions } from './octokit-options.ts';
import { listRepositories } from './repositories.ts';

const BRANCH = `lastgood/production/fraud/${'d'.repeat(40)}`;
const FILE = 'clusters/production/fraud.yaml';

// One key for all, because making one takes longer than most of the stories.
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

let hub: Hub;
let forge: Forge;
let repository: Repository;
let proposal: Proposal;
let manifests: Awaited<ReturnType<Hub['repository']>>;
let app: ReturnType<Hub['app']>;

/** Lastgood's side, with no token yet. */
async function connect() {
  const options = createProbotOptions({
    appId: app.id,
    privateKey: app.privateKey,
    secret: 'secret',
    baseUrl: hub.url,
  });
  const probot = new Probot({ ...options, logLevel: 'fatal' });
  const asApp = await probot.auth();
  // The adapter's patience is for GitHub's pace; the hub is as far as it will ever be.
  const timing = { clock: Date.now, wait: (length: number) => setTimeout(Math.min(length, 5)) };
  return {
    forge: createForge((one) => probot.auth(one.installation), asApp, timing),
    list: () => listRepositories(asApp, (installation) => probot.auth(installation), timing),
  };
}

beforeEach(async () => {
  hub = await startHub();
  hub.org('acme');
  manifests = await hub.repository('acme/manifests');
  const base = await manifests.commit({
    by: 'alice',
    message: 'Ship 1.11',
    files: { [FILE]: 'version: "1.11"\n', 'README.md': 'Manifests\n' },
  });
  app = hub.app({
    slug: 'lastgood',
    privateKey,
    permissions: {
      contents: 'write',
      pull_requests: 'write',
      issues: 'write',
      metadata: 'read',
      members: 'read',
      checks: 'write',
    },
    events: [],
  });
  app.install([manifests]);
  const connected = await connect();
  forge = connected.forge;
  const [found] = await connected.list();
  if (found === undefined) throw new Error('The hub lists no repository.');
  repository = found;
  proposal = {
    branch: BRANCH,
    base,
    commit: { headline: 'Roll back fraud to 1.10', body: 'Lastgood-Target: production/fraud' },
    files: [{ path: FILE, mode: '100644', contents: 'version: "1.10"\n' }],
    title: 'Roll back fraud to 1.10',
    body: 'Diversity collapsed.',
  };
});
afterEach(async () => {
  const { violations } = hub;
  await hub.stop();
  if (violations.length > 0) throw new Error(violations.join('\n'));
});

const merge = (number: number, head: string) =>
  forge.merge(repository, {
    number,
    head,
    method: 'squash',
    title: `Roll back fraud to 1.10 (#${number})`,
    message: 'Lastgood-Target: production/fraud',
  });

/** The API calls since, without those for tokens. */
function callsSince(from: number): string[] {
  return hub.calls
    .slice(from)
    .filter((call) => call.kind !== 'git' && !call.path.endsWith('/access_tokens'))
    .map((call) =>
      call.kind === 'graphql' ? call.fields.join(' ') : `${call.method} ${call.path}`,
    );
}

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

describe('merging', () => {
  const opened = async () => (await forge.propose(repository, proposal)).pull;

  test('reality 1: another head is refused', async () => {
    const pull = await opened();
    expect(await merge(pull.number, proposal.base)).toEqual({ kind: 'head-moved' });
  });

  test('reality 2: required reviews and checks are told apart', async () => {
    const pull = await opened();
    const rules = manifests.rules({ checks: { required: [{ context: 'ci' }] } });
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'checks-pending' });
    rules.enforcement = 'disabled';
    manifests.rules({ reviews: { required: 1 } });
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'reviews-missing' });
  });

  test('reality 4: a 502 that merged is merged', async () => {
    const pull = await opened();
    hub.faults.once({ method: 'PUT', when: 'after', answer: TROUBLE.badGateway });
    expect(await merge(pull.number, pull.head)).toEqual({
      kind: 'merged',
      commit: manifests.head(),
    });
  });

  test('reality 4: a 502 that did not merge is tried later, and was sent once', async () => {
    const pull = await opened();
    hub.faults.once({ method: 'PUT', answer: TROUBLE.badGateway });
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'try-later' });
    expect(hub.calls.filter((call) => call.method === 'PUT')).toHaveLength(1);
    expect(manifests.head()).toBe(proposal.base);
  });

  test('a conflict', async () => {
    const pull = await opened();
    await manifests.commit({
      by: 'alice',
      message: 'Ship 1.12',
      files: { [FILE]: 'version: "1.12"\n' },
    });
    const first = await merge(pull.number, pull.head);
    const outcome = first.kind === 'not-computed' ? await merge(pull.number, pull.head) : first;
    expect(outcome).toEqual({ kind: 'conflict' });
  });

  test('a pull request that was closed is gone', async () => {
    const pull = await opened();
    await forge.close(repository, pull.number);
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'gone' });
  });

  test('reality 20: a limit is tried later', async () => {
    const pull = await opened();
    hub.faults.once({ method: 'PUT', answer: TROUBLE.secondaryLimit(42) });
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'try-later', after: 42_000 });
    // The next one is not even sent.
    const sent = hub.calls.length;
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'try-later' });
    expect(hub.calls.length).toBe(sent);
  });
});

describe('what decisions need', () => {
  test('rollback pull requests, open and lately closed', async () => {
    const { pull } = await forge.propose(repository, proposal);
    await forge.close(repository, pull.number);
    const second = await forge.propose(repository, {
      ...proposal,
      branch: `lastgood/staging/fraud/${'e'.repeat(40)}`,
    });
    hub.user('alice');
    manifests.grant('alice', 'write');
    await hub
      .as('alice')
      .propose(manifests, { branch: 'feature', title: 'Feature', files: { 'x.md': 'x' } });
    const found = await forge.rollbackPulls(repository, Date.now() - DAY);
    expect(found.map((one) => [one.number, one.state])).toEqual([
      [second.pull.number, 'open'],
      [pull.number, 'closed'],
    ]);
  });

  test('files, reviews, commit authors, roles and teams', async () => {
    const alice = hub.user('alice').account;
    hub.team('acme', 'sre', ['alice']);
    manifests.grantTeam('sre', 'maintain');
    const { pull } = await forge.propose(repository, proposal);
    await hub.as('alice').review(manifests, pull.number, 'approve');
    expect(await forge.changedFiles(repository, pull.number)).toMatchObject([
      { path: FILE, status: 'modified' },
    ]);
    expect(await forge.reviews(repository, pull.number)).toMatchObject([
      { user: { id: alice.id, login: 'alice', bot: false }, state: 'approved', commit: pull.head },
    ]);
    const authors = await forge.commitAuthors(repository, pull.number);
    expect(authors.map((author) => author.login)).toContain('lastgood[bot]');
    const account = { id: alice.id, login: 'alice', bot: false };
    expect(await forge.role(repository, account)).toBe('maintain');
    expect(await forge.role(repository, { id: 1, login: 'nobody', bot: false })).toBe('none');
    expect(await forge.isTeamMember(repository, { org: 'acme', slug: 'sre' }, account)).toBe(true);
    expect(await forge.isTeamMember(repository, { org: 'acme', slug: 'ml' }, account)).toBe(false);
  });

  test('reviewers that cannot be asked are named, the others are asked', async () => {
    hub.user('alice');
    hub.user('stranger');
    manifests.grant('alice', 'write');
    const { pull } = await forge.propose(repository, proposal);
    const refused = await forge.requestReviews(repository, pull.number, [
      { kind: 'user', login: 'alice' },
      { kind: 'user', login: 'stranger' },
    ]);
    expect(refused).toEqual([{ kind: 'user', login: 'stranger' }]);
    expect([...manifests.pull(pull.number).requestedUsers]).toEqual([hub.as('alice').id]);
  });

  test('labels, comments, edits and the end of a branch', async () => {
    const { pull } = await forge.propose(repository, proposal);
    await forge.edit(repository, pull.number, 'New text');
    await forge.label(repository, pull.number, ['lastgood']);
    const seen = manifests.pull(pull.number);
    expect(seen.body).toBe('New text');
    expect([...seen.labels]).toEqual(['lastgood']);
    await forge.deleteBranch(repository, BRANCH);
    await forge.deleteBranch(repository, BRANCH);
    expect(manifests.head(BRANCH)).toBeUndefined();
  });
});

describe('the installation', () => {
  test('reality 21: a token for git reads and does not write', async () => {
    const token = await forge.gitToken(repository);
    const known = hub.world.tokens.get(token);
    expect(known?.permissions).toMatchObject({ contents: 'read' });
  });

  test.each(['uninstalled', 'suspended'])('one that was %s is NotInstalled', async (how) => {
    if (how === 'uninstalled') app.uninstall();
    else app.suspend();
    const { forge: fresh } = await connect();
    await expect(fresh.gitToken(repository)).rejects.toBeInstanceOf(NotInstalled);
    await expect(fresh.propose(repository, proposal)).rejects.toBeInstanceOf(NotInstalled);
    await expect(fresh.pull(repository, 1)).rejects.toBeInstanceOf(NotInstalled);
    const user = { id: 1, login: 'alice', bot: false };
    await expect(fresh.role(repository, user)).rejects.toBeInstanceOf(NotInstalled);
    const request = {
      number: 1,
      head: 'a'.repeat(40),
      method: 'squash',
      title: 't',
      message: '',
    } as const;
    await expect(fresh.merge(repository, request)).rejects.toBeInstanceOf(NotInstalled);
  });

  test('a repository that was renamed is still reached by its old name', async () => {
    manifests.rename('deployments');
    const { pull } = await forge.propose(repository, proposal);
    expect(await merge(pull.number, pull.head)).toMatchObject({ kind: 'merged' });
  });
});
