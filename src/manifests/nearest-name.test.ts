import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

test.each([
  ['storageURI', ['image', 'storageUri'], 'storageUri'],
  ['nmae', ['kind', 'name'], 'name'],
  ['contaners', ['initContainers', 'containers'], 'containers'],
  ['tag', ['tags', 'tap'], 'tags'],
  ['tag', ['image', 'repository'], undefined],
  ['a', ['b'], undefined],
  ['', ['x'], undefined],
  ['x'.repeat(101), ['x'.repeat(100)], undefined],
])('%s among %j', (text, names, nearest) => {
  expect(nearestName(text, names)).toBe(nearest);
});
