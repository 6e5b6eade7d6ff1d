import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { StoreUnavailable } from './errors.ts';
import { startWorkers } from './workers.ts';

test('a database that is gone is told once, until it is back or says something else', async () => {
  const told: string[] = [];
  let says: string | undefined = 'gone';
  let asked = 0;
  const database: Database = {
    kind: 'postgres',
    async query() {
      asked += 1;
      if (says !== undefined) throw new StoreUnavailable(says);
      return [];
    },
    transaction: () => Promise.reject(new Error('Nothing is written here.')),
    assertRoom: () => undefined,
    vacuum: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const workers = startWorkers(
    { database, now: () => 0, random: () => 0, ready: () => Promise.resolve() },
    {
      handle: () => Promise.resolve(),
      poll: 1,
      report: (error) => void told.push(error instanceof Error ? error.message : 'no error'),
    },
  );
  const whileItSays = async (what: string | undefined): Promise<void> => {
    says = what;
    const until = asked + 10;
    await expect.poll(() => asked).toBeGreaterThan(until);
  };
  await whileItSays('gone');
  await whileItSays('starting up');
  await whileItSays(undefined);
  await whileItSays('gone');
  await whileItSays(undefined);
  await workers.stop(0);
  expect(told).toEqual(['gone', 'starting up', 'gone']);
});
