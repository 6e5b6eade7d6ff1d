import { expect, test } from 'vitest';
import { bindForge } from './bind-forge.ts';
import type { Forge, Repository } from './forge.ts';

const REPOSITORY: Repository = {
  id: 1,
  nodeId: 'R_1',
  owner: 'acme',
  name: 'manifests',
  defaultBranch: 'main',
  installation: 2,
};

/** A forge on which every call succeeds, and the names of the calls that reached it. */
function recording(): { readonly forge: Forge; readonly calls: string[] } {
  const calls: string[] = [];
  const forge = new Proxy({} as Forge, {
    get: (_, name) => () => {
      calls.push(String(name));
      return Promise.resolve();
    },
    ownKeys: () => ['pull', 'merge', 'comment', 'close', 'deleteBranch'],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
  return { forge, calls };
}

test('writes nothing once the turn is over, and still reads', async () => {
  const { forge, calls } = recording();
  const turn = new AbortController();
  const bound = bindForge(forge, turn.signal);
  await bound.comment(REPOSITORY, 1, 'x');
  turn.abort(new Error('lost'));
  await expect(bound.comment(REPOSITORY, 1, 'x')).rejects.toThrow('lost');
  await expect(bound.close(REPOSITORY, 1)).rejects.toThrow('lost');
  await expect(bound.deleteBranch(REPOSITORY, 'x')).rejects.toThrow('lost');
  const request = { number: 1, head: 'h', method: 'squash', title: 't', message: 'm' } as const;
  await expect(bound.merge(REPOSITORY, request)).rejects.toThrow('lost');
  await bound.pull(REPOSITORY, 1);
  expect(calls).toEqual(['comment', 'pull']);
});
