import { expect, test } from 'vitest';
import { makeLru } from './lru.ts';

test('an lru forgets what was used longest ago', () => {
  const lru = makeLru<number>(2);
  lru.set('a', 1);
  lru.set('b', 2);
  expect(lru.get('a')).toBe(1);
  lru.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => lru.get(key))).toEqual([1, undefined, 3]);
});
