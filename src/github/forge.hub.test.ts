import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BRANCH, FILE, startForgeStage } from '../../fixtures/github/forge-stage.ts';
import type { ForgeStage } from '../../fixtures/github/forge-stage.ts';
import { DAY } from '../time.ts';
import { NotInstalled } from './errors.ts';

let stage: ForgeStage;
let hub: ForgeStage['hub'];
let app: ForgeStage['app'];
let manifests: ForgeStage['manifests'];
let forge: ForgeStage['forge'];
let repository: ForgeStage['repository'];
let proposal: ForgeStage['proposal'];
let merge: ForgeStage['merge'];

beforeEach(async () => {
  stage = await startForgeStage();
  ({ hub, app, manifests, forge, repository, proposal, merge } = stage);
});
afterEach(() => stage.stop());

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

  test('a fork’s pull request is no rollback, whatever its branch is called', async () => {
    const mallory = hub.user('mallory');
    manifests.grant('mallory', 'read');
    const { number } = await mallory.proposeFromFork(manifests, {
      branch: BRANCH,
      title: 'Roll back fraud',
      files: { [FILE]: 'version: evil\n' },
    });
    expect((await forge.pull(repository, number)).branch).toBe(`fork:${BRANCH}`);
    expect(await forge.rollbackPulls(repository, Date.now() - DAY)).toEqual([]);
    // It neither stands in the way of the rollback nor is it taken for it.
    const { pull, adopted } = await forge.propose(repository, proposal);
    expect([pull.branch, adopted]).toEqual([BRANCH, false]);
    const branches = await forge.rollbackBranches(repository);
    expect(branches).toMatchObject([{ branch: BRANCH, pulls: 1 }]);
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
    const fresh = await stage.connect();
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
