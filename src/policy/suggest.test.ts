import { expect, test } from 'vitest';
import { editDistance, nearest } from './suggest.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', '', 3],
  ['merge', 'marge', 1],
  ['high', 'hihg', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('the distance from %j to %j is %d', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test.each([
  ['modle', ['extends', 'model', 'owners'], 'model'],
  ['MODEL', ['extends', 'model'], 'model'],
  ['hihg', ['critical', 'high'], 'high'],
  ['a', ['b', 'c'], 'b'],
  ['goal', ['target', 'limits'], undefined],
  ['x'.repeat(100_000), ['target'], undefined],
  ['anything', [], undefined],
])('whoever writes %.20s probably means %j → %j', (text, candidates, meant) => {
  expect(nearest(text, candidates)).toBe(meant);
});
