import { expect, test } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';

test.each([
  ['storageURI', ['image', 'storageUri'], 'storageUri'],
  ['nmae', ['kind', 'name'], 'name'],
  ['contaners', ['initContainers', 'containers'], 'containers'],
  ['tag', ['tags', 'tap'], 'tags'],
  ['tag', ['image', 'repository'], undefined],
  ['a', ['b'], undefined],
  ['', ['x'], undefined],
  ['x'.repeat(101), ['x'.repeat(100)], undefined],
  ['x'.repeat(100_000), ['target'], undefined],
  ['modle', ['extends', 'model', 'owners'], 'model'],
  ['MODEL', ['extends', 'model'], 'model'],
  ['hihg', ['critical', 'high'], 'high'],
  ['goal', ['target', 'limits'], undefined],
  ['anything', [], undefined],
])('%.20s among %.60j', (text, names, nearest) => {
  expect(nearestName(text, names)).toBe(nearest);
});

test('the first of equally near names is meant, and any iterable will do', () => {
  expect(nearestName('abcd', new Set(['abce', 'abcf']))).toBe('abce');
});

test('only so many names are compared', () => {
  const names = Array.from({ length: 1_000 }, (_, i) => `name-${i}-of-nobody`);
  expect(nearestName('wanted', [...names, 'wanted'])).toBeUndefined();
});

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
