import { expect, test } from 'vitest';
import type { CatFile } from './cat-file.ts';
import { readObjects } from './read-objects.ts';

const ROOT = '1'.repeat(40);
const TREES = ['2', '3', '4'].map((digit) => digit.repeat(40));

/** A folder of so many folders that are all the same one. */
function folderOf(count: number, oid: string, mode = '40000'): Buffer {
  const entry = (i: number): Buffer =>
    Buffer.concat([Buffer.from(`${mode} ${i}\0`), Buffer.from(oid, 'hex')]);
  return Buffer.concat(Array.from({ length: count }, (_, i) => entry(i)));
}

test('a few objects that spell out billions of files are refused before much of them is read', async () => {
  const [first = '', second = '', third = ''] = TREES;
  const trees = new Map([
    [first, folderOf(400, second)],
    [second, folderOf(400, third)],
    [third, folderOf(5_000, '5'.repeat(40), '100644')],
  ]);
  let read = 0;
  const catFile: Pick<CatFile, 'read'> = {
    read: (oid) => {
      read += 1;
      const bytes = trees.get(oid);
      return Promise.resolve(
        bytes
          ? { oid, type: 'tree', bytes }
          : { oid, type: 'commit', bytes: Buffer.from(`tree ${first}\n\nx`) },
      );
    },
  };
  await expect(readObjects(catFile as CatFile).filesUnder(ROOT, '')).rejects.toMatchObject({
    code: 'too-big',
  });
  expect(read).toBeLessThan(500);
});
