import { expect, test } from 'vitest';
import { createRush } from './rush.ts';

/** A clock that every look at it moves on. */
function clockOf(step: number): () => number {
  let now = 0;
  return () => (now += step);
}

const waits = async (over: Promise<void>): Promise<boolean> => {
  let waited = true;
  void over.then(() => (waited = false));
  await Promise.resolve();
  await Promise.resolve();
  return waited;
};

test('deliveries that come one by one keep no work waiting', async () => {
  const rush = createRush(() => 0);
  for (let i = 0; i < 100; i += 1) rush.stored(1);
  expect(await waits(rush.over())).toBe(false);
});

test('many at a time go before the work, and not for ever', async () => {
  const rush = createRush(clockOf(4));
  rush.stored(16);
  const over = rush.over();
  expect(await waits(over)).toBe(true);
  await over;
});

test('a rush without an end gives way to the work again and again', async () => {
  let now = 0;
  const rush = createRush(() => now);
  rush.stored(16);
  const arriving = setInterval(() => {
    now += 10;
    rush.stored(16);
  }, 1);
  await rush.over();
  clearInterval(arriving);
  expect(now).toBeGreaterThanOrEqual(100);
});
