import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  BRANCH,
  FILE,
  startForgeStage,
  type ForgeStage,
} from '../../fixtures/github/forge-stage.ts';
import type { Renewal } from '../rollback/forge.ts';

let stage: ForgeStage;
let renewal: Renewal;
let number: number;

beforeEach(async () => {
  stage = await startForgeStage();
  const { manifests, forge, repository, proposal } = stage;
  const { pull } = await forge.propose(repository, proposal);
  ({ number } = pull);
  const base = await manifests.commit({
    by: 'alice',
    message: 'Move on',
    files: { [FILE]: 'version: "1.11" # here\n' },
  });
  const files = [{ path: FILE, mode: '100644', contents: 'version: "1.10" # here\n' }];
  renewal = { branch: BRANCH, head: pull.head, base, commit: proposal.commit, files };
});
afterEach(() => stage.stop());

const renew = () => stage.forge.renew(stage.repository, renewal);
const state = () => stage.manifests.pull(number).state;

describe('reality 22: a branch that is put on a newer base', () => {
  test('gets one signed commit on that base, and its pull request stays open', async () => {
    const renewed = await renew();
    const head = stage.manifests.head(BRANCH);
    expect(renewed).toEqual({ kind: 'renewed', head, verified: true });
    const [commit] = await stage.manifests.log(BRANCH, 1);
    expect(commit?.parents).toEqual([renewal.base]);
    expect(state()).toBe('open');
    expect(await stage.merge(number, head ?? '')).toMatchObject({ kind: 'merged' });
    expect(await stage.manifests.read(FILE)).toBe('version: "1.10" # here\n');
  });

  test('is left where a person put it', async () => {
    await stage.manifests.commit({ by: 'bob', message: 'x', branch: BRANCH, files: { b: 'b' } });
    const head = stage.manifests.head(BRANCH);
    expect(await renew()).toEqual({ kind: 'moved' });
    expect(stage.manifests.head(BRANCH)).toBe(head);
  });

  test('that was deleted stays deleted', async () => {
    const { token } = stage.app.token();
    await fetch(`${stage.hub.url}/repos/acme/manifests/git/refs/heads/${BRANCH}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await renew()).toEqual({ kind: 'moved' });
    expect(state()).toBe('closed');
  });

  test('reality 29: the answer gets lost after it was moved: it is found there', async () => {
    const stop = stage.hub.onCall((phase, call) =>
      phase === 'after' && call.kind === 'graphql' && call.fields.includes('updateRefs')
        ? 'reset'
        : undefined,
    );
    const renewed = await renew();
    stop();
    expect(renewed).toMatchObject({ kind: 'renewed', head: stage.manifests.head(BRANCH) });
  });

  test('by a request that never arrived is a failure that may pass', async () => {
    const stop = stage.hub.onCall((phase, call) =>
      phase === 'before' && call.kind === 'graphql' && call.fields.includes('updateRefs')
        ? 'reset'
        : undefined,
    );
    await expect(renew()).rejects.toMatchObject({ name: 'GitHubDown' });
    stop();
    expect(stage.manifests.head(BRANCH)).toBe(renewal.head);
  });
});

describe('reality 22: what the rules make of a commit without a signature', () => {
  const rule = () => stage.forge.signatureRule(stage.repository);

  test('nothing, where none asks', async () => {
    expect(await rule()).toBe('no');
  });
  test('a ruleset asks', async () => {
    stage.manifests.rules({ signatures: true });
    expect(await rule()).toBe('yes');
  });
  test('classic protection may ask: the App is not shown', async () => {
    stage.manifests.protect({ pushers: { users: [], teams: [], apps: ['lastgood'] } });
    expect(await rule()).toBe('perhaps');
  });
});
