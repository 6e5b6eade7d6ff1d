import { expect, it } from 'vitest';
import { backoff } from './backoff.ts';

it.each([
  [1, 500, 1_000],
  [2, 1_000, 2_000],
  [8, 64_000, 128_000],
  [11, 300_000, 600_000],
  [5_000, 300_000, 600_000],
])('waits after failure %i between %i and %i ms', (failures, least, most) => {
  expect(backoff(failures, () => 0)).toBe(least);
  expect(backoff(failures, () => 1)).toBe(most);
});
