import { expect, test } from 'vitest';
import { GitError } from '../git/git-error.ts';
import { LARGEST_TEXT } from '../manifests/decode-text.ts';
import { readTexts } from './read-texts.ts';

const blobOf = (n: number): string => String(n).padStart(40, '0');

/** Reads files of these contents; answers what came of it, and how many stood in memory at once. */
async function read(contents: readonly (string | Error)[], most?: number) {
  let now = 0;
  let atOnce = 0;
  const source = {
    async blob(oid: string) {
      now += 1;
      atOnce = Math.max(atOnce, now);
      await Promise.resolve();
      now -= 1;
      const content = contents[Number(oid)] ?? '';
      if (content instanceof Error) throw content;
      return Buffer.from(content);
    },
  };
  const files = contents.map((_, i) => ({ path: `${i}.yaml`, blob: blobOf(i) }));
  return { texts: await readTexts(source, files, most), atOnce: () => atOnce };
}

test('a file that cannot be a text is one that cannot be read, and harms no other', async () => {
  const { texts } = await read([
    'a: b',
    'x'.repeat(LARGEST_TEXT + 1),
    new GitError('too-big', 'The object has 20000000 bytes.'),
    'c: d',
  ]);
  expect(texts.map(({ text }) => text)).toEqual(['a: b', '\0', '\0', 'c: d']);
});

test('thousands of files are not in memory at once', async () => {
  const { texts, atOnce } = await read(Array.from({ length: 1_000 }, () => 'a: b'));
  expect(texts).toHaveLength(1_000);
  expect(atOnce()).toBeLessThanOrEqual(4);
});

test('more than anybody writes is refused, and so is what git cannot read', async () => {
  await expect(read(['a: b', 'c: d'], 7)).rejects.toThrow('more than 7 characters together');
  await expect(read([new GitError('damaged', 'It is damaged.')])).rejects.toThrow('damaged');
});
