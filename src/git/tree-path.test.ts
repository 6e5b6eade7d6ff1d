import { expect, test } from 'vitest';
import { isTreePath } from './tree-path.ts';

test.each([
  ['a', true],
  ['a/b.c', true],
  ['-x', true],
  ['...', true],
  ['', false],
  ['/a', false],
  ['a/', false],
  ['a//b', false],
  ['.', false],
  ['a/../b', false],
  ['a\0b', false],
])('%j can be a path in a tree: %j', (path, expected) => {
  expect(isTreePath(path)).toBe(expected);
});
