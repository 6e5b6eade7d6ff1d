import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTree } from './read-tree.ts';

test('a tree is read with the modes that git shows; any other bytes are no crash', () => {
  const oid = Buffer.alloc(20, 7);
  const entry = (text: string): Buffer => Buffer.concat([Buffer.from(`${text}\0`), oid]);
  const modes = ['100664 a', '100755 b c', '40000 d', '120000 e', '160000 f'];
  expect(
    readTree(Buffer.concat(modes.map(entry))).map(({ mode, name }) => `${mode} ${name}`),
  ).toEqual(['100644 a', '100755 b c', '040000 d', '120000 e', '160000 f']);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(readTree(bytes).length).toBeLessThanOrEqual(bytes.length / 22);
    }),
  );
});
