import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naiveHistory } from '../../fixtures/git/naive-history.ts';
import { histories, PATHS } from '../../fixtures/git/random-history.ts';
import { git, gitBytes } from '../../fixtures/git/run.ts';
import {
  IMPLEMENTATIONS,
  readAll,
  useSourceWorld,
  writeRepository,
} from '../../fixtures/git/source-world.ts';

useSourceWorld();

const asked = fc.subarray(PATHS, { minLength: 1 });

test('for any history, mirror, clone and the plain way through every tree agree', async () => {
  await fc.assert(
    fc.asyncProperty(histories, asked, fc.nat(20), async (commits, paths, back) => {
      const { name, folder } = writeRepository(commits);
      const chain = git(folder, ['rev-list', '--first-parent', 'main']).trim().split('\n');
      const from = chain[back % chain.length] ?? '';
      const expected = naiveHistory(folder, paths, from);
      for (const open of Object.values(IMPLEMENTATIONS)) {
        const source = await open(name);
        try {
          expect(await readAll(source, paths, from)).toEqual(expected);
          expect(await source.filesUnder(from, 'd')).toEqual(listFiles(folder, from, 'd/'));
        } finally {
          await source.close();
        }
      }
    }),
    { numRuns: 12 },
  );
});

function listFiles(folder: string, commit: string, prefix: string): unknown {
  const lines = gitBytes(folder, ['ls-tree', '-r', '-z', commit]).toString().split('\0');
  return lines
    .map((line) => /^(\d+) blob (\w+)\t(.*)$/s.exec(line) ?? [])
    .filter(([, , , path]) => path?.startsWith(prefix) === true)
    .map(([, mode, blob, path]) => ({ path, blob, mode }));
}
