import { expect, test } from 'vitest';
import { createLanes } from './lanes.ts';

test('a lane keeps order, also past a failure; lanes do not wait for each other', async () => {
  const lanes = createLanes();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lanes.run('a', async () => {
    await gate.promise;
    seen.push('a1');
    throw new Error('a1 failed');
  });
  const second = lanes.run('a', async () => seen.push('a2'));
  await lanes.run('b', async () => seen.push('b1'));
  expect(seen).toEqual(['b1']);
  gate.resolve();
  await expect(first).rejects.toThrow('a1 failed');
  await second;
  expect(seen).toEqual(['b1', 'a1', 'a2']);
});

test('idle waits for work that was queued while it waited', async () => {
  const lanes = createLanes();
  const seen: string[] = [];
  void lanes.run('a', async () => {
    seen.push('first');
    void lanes.run('a', async () => seen.push('second'));
  });
  await lanes.idle();
  expect(seen).toEqual(['first', 'second']);
});
