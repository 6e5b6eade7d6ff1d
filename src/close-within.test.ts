import { expect, test } from 'vitest';
import { closeWithin } from './close-within.ts';

const never = (): Promise<never> => new Promise(() => undefined);

test('each part is closed in its turn, and told how long there is', async () => {
  const closed: string[] = [];
  const told: string[] = [];
  const part = (name: string) =>
    [
      name,
      async (left: number) => {
        closed.push(name);
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThanOrEqual(60_000);
      },
    ] as const;
  await closeWithin(60_000, [part('a'), ['none', () => undefined], part('b')], (name) =>
    told.push(name),
  );
  expect([closed, told]).toEqual([['a', 'b'], []]);
});

test('one that never ends, and one that fails, keep no other from being closed', async () => {
  const told: unknown[] = [];
  let reached = false;
  await closeWithin(
    20,
    [
      ['broken', () => Promise.reject(new Error('broken'))],
      ['stuck', never],
      ['stuck as well', never],
      [
        'last',
        async () => {
          reached = true;
        },
      ],
    ],
    (name, error) => told.push([name, error instanceof Error ? error.message : error]),
  );
  expect(reached).toBe(true);
  expect(told).toEqual([
    ['broken', 'broken'],
    ['stuck', undefined],
    ['stuck as well', undefined],
  ]);
});
