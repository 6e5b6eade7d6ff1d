import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('lets so many run at a time, in order, and a failure gives its place free', async () => {
  const gate = createGate(2);
  const begun: number[] = [];
  const ends = [0, 1, 2, 3, 4].map(() => Promise.withResolvers<number>());
  const all = ends.map((end, i) =>
    gate(() => {
      begun.push(i);
      return end.promise;
    }),
  );
  const settled = Promise.allSettled(all);
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error('no'));
  await expect(all[1]).rejects.toThrow('no');
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.resolve(0);
  await all[0];
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const [i, end] of ends.entries()) end.resolve(i);
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
  expect(await gate(() => Promise.resolve('again'))).toBe('again');
});
