import { expect, test } from 'vitest';
import { someAtOnce } from './some-at-once.ts';

test('answers in order, however long each takes, and never does more at once', async () => {
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  let [running, most] = [0, 0];
  const all = someAtOnce(5, 2, async (index) => {
    running += 1;
    most = Math.max(most, running);
    await gates[index]?.promise;
    running -= 1;
    return index;
  });
  for (const gate of gates.toReversed()) gate.resolve();
  expect(await all).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(await someAtOnce(0, 2, () => Promise.reject(new Error('nothing to do')))).toEqual([]);
});

test('fails as one after another would, and begins nothing more', async () => {
  const first = Promise.withResolvers<never>();
  const begun: number[] = [];
  const all = someAtOnce(9, 2, async (index) => {
    begun.push(index);
    if (index === 0) return first.promise;
    first.reject(new Error('0'));
    throw new Error(String(index));
  });
  await expect(all).rejects.toThrow('0');
  expect(begun).toEqual([0, 1]);
});
