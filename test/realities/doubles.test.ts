import nock from 'nock';
import { Octokit } from '@octokit/rest';
import { afterEach, describe, expect, test } from 'vitest';
import { API, endAnswers, on } from '../../fixtures/github/answers.ts';
import { refusal, startTestHub, where } from '../../fixtures/hub/test-hub.ts';

describe('reality 30: what other emulators of GitHub get wrong, the hub does not', () => {
  test('a forbidden merge is 405, another head 409, and both leave the branch alone', async () => {
    const t = await startTestHub();
    const number = await t.propose();
    const before = t.repository.head();
    const merge = (sha: string) =>
      refusal(t.octokit().pulls.merge({ ...where, pull_number: number, sha }));
    expect(await merge(before ?? '')).toMatch(/^409 /);
    t.repository.rules({ reviews: { required: 1 } });
    expect(await merge(t.repository.pull(number).head)).toMatch(/^405 /);
    expect(t.repository.head()).toBe(before);
  });

  test('a merge keeps what reached the base meanwhile', async () => {
    const t = await startTestHub();
    const number = await t.propose({ 'a.yaml': 'version: 0\n' });
    await t.repository.commit({ by: 'alice', message: 'Other', files: { 'c.yaml': 'c: 1\n' } });
    const { head: sha } = t.repository.pull(number);
    await t.octokit().pulls.merge({ ...where, pull_number: number, sha });
    expect(await t.repository.read('c.yaml')).toBe('c: 1\n');
    expect(await t.repository.read('a.yaml')).toBe('version: 0\n');
  });
});

describe('reality 31: prepared answers', () => {
  afterEach(endAnswers);

  test('are what Octokit gets by the fetch of Node, and nothing gets past them', async () => {
    nock.disableNetConnect();
    const octokit = new Octokit({ log: { debug() {}, info() {}, warn() {}, error() {} } });
    on('GET', '/zen', 200, 'Design for failure.');
    expect((await octokit.request('GET /zen')).data).toBe('Design for failure.');
    await expect(octokit.request('GET /zen')).rejects.toThrow(/Nock|disallowed/i);
    expect(new URL(API).host).toBe('api.github.com');
  });
});
