import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { histories, PATHS } from '../../fixtures/git/random-history.ts';
import { git } from '../../fixtures/git/run.ts';
import { initBare, writeHistory } from '../../fixtures/git/write-history.ts';
import { makeChangeIndex } from './change-index.ts';
import type { ChangeIndex } from './change-index.ts';
import { mirrorPlace } from './git-environment.ts';
import { updateHistoryIndex } from './history-index.ts';
import { readIndexFile, writeIndexFile } from './index-file.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lastgood-index-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

let count = 0;
function makeRepository(): { folder: string; place: ReturnType<typeof mirrorPlace> } {
  const folder = join(root, `${count++}.git`);
  initBare(folder);
  return { folder, place: mirrorPlace(folder, 'http', process.env) };
}

/** Everything that an index answers: numbers of paths may differ between two ways to build it. */
function answers(index: ChangeIndex): unknown {
  const commits = Array.from({ length: index.commits }, (_, i) => index.commitAt(i));
  return {
    commits,
    positions: commits.map((commit) => index.positionOf(commit ?? '')),
    removing: commits.map((_, i) => index.removesFiles(i)),
    changes: PATHS.map((path) => [...index.changesOf(path, index.commits)]),
    rollbacks: [...index.rollbacksOf('production/fraud', index.commits)],
  };
}

test('for any history, an index kept up commit by commit, from file to file, equals one built at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
      async (commits, stops) => {
        const { folder, place } = makeRepository();
        const oids = writeHistory(folder, 'main', commits);
        const head = oids.at(-1) ?? '';
        const file = join(folder, 'index');
        let index: ChangeIndex | undefined;
        for (const stop of stops) {
          // Any commit, also one of a side branch: as after a force push.
          const at = oids[stop % oids.length] ?? '';
          ({ index } = await updateHistoryIndex(place, index, at));
          await writeIndexFile(file, index.snapshot());
          index = makeChangeIndex(await readIndexFile(file));
        }
        const updated = await updateHistoryIndex(place, index, head);
        const rebuilt = await updateHistoryIndex(place, undefined, head);
        expect(answers(updated.index)).toEqual(answers(rebuilt.index));
        const chain = git(folder, ['rev-list', '--first-parent', '--reverse', head]).trim();
        expect(rebuilt.index.snapshot().commits).toHaveLength(20 * chain.split('\n').length);
      },
    ),
    { numRuns: 15 },
  );
});

test('new commits are appended; history pushed over is read anew', async () => {
  const { folder, place } = makeRepository();
  const oids = writeHistory(folder, 'main', [
    { message: '0', files: { a: '0' } },
    { message: '1', files: { a: '1' } },
    { message: '2 from 0', files: { a: '2' }, parents: [0] },
    { message: '3 merges 1 into 2', files: { a: '3' }, parents: [2, 1] },
    { message: '4 merges 2 into 1', files: { a: '4' }, parents: [1, 2] },
  ]);
  const [, one = '', , three = '', four = ''] = oids;
  const { index } = await updateHistoryIndex(place, undefined, one);
  const appended = await updateHistoryIndex(place, index, four);
  expect(appended).toEqual({ index, rebuilt: false });
  expect(index.commits).toBe(3);
  // `one` is an ancestor of `three`, but not by first parents.
  const other = await updateHistoryIndex(place, index, three);
  expect(other.rebuilt).toBe(true);
  expect(other.index.commits).toBe(3);
  expect(other.index.positionOf(one)).toBeUndefined();
  // A reader of the index before is not disturbed.
  expect(index.positionOf(one)).toBe(1);
});

test('a commit before that is no longer there is no obstacle', async () => {
  const { folder, place } = makeRepository();
  const [head = ''] = writeHistory(folder, 'main', [{ message: '0', files: { a: '0' } }]);
  const stale = makeChangeIndex();
  stale.append({ commit: 'f'.repeat(40), parents: [], changes: [] });
  const { index, rebuilt } = await updateHistoryIndex(place, stale, head);
  expect([rebuilt, index.commits, index.head()]).toEqual([true, 1, head]);
});

test('a head that is not there is told', async () => {
  const { place } = makeRepository();
  await expect(updateHistoryIndex(place, undefined, 'f'.repeat(40))).rejects.toMatchObject({
    name: 'GitError',
    code: 'damaged',
  });
});
