import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyDatabase } from '../../fixtures/database.ts';
import { inspectDatabase } from './inspect-database.ts';
import { openDatabase } from './open-database.ts';
import { createStore } from './store.ts';
import {
  POSTGRES_MISSING,
  startPostgres,
  type PostgresServer,
} from './testing/postgres-server.fixture.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lastgood-inspect-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('an embedded database: none yet, one in use, one at rest', async () => {
  const place = { folder: join(folder, 'store') };
  expect(await inspectDatabase(place)).toEqual({
    says: `There is no database in ${place.folder} yet; the service makes one when it starts.`,
    dead: 0,
  });
  await copyDatabase(place.folder);
  const store = createStore({ database: await openDatabase(place), random: () => 0.5 });
  await store.accept([{ lane: 'a', kind: 'k', payload: 1 }]);
  expect((await inspectDatabase(place)).says).toContain('is in use by a process that runs');
  await store.close();
  expect(await inspectDatabase(place)).toEqual({
    says: 'The embedded database can be used: 1 wait, 0 given up.',
    dead: 0,
  });
});

test('a folder in which none can be made', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(inspectDatabase({ folder: join(file, 'data', 'store') })).rejects.toThrow(
    `No database can be made in ${file}/data/store: ${file} is no folder.`,
  );
});

describe.skipIf(POSTGRES_MISSING)('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  test('empty, in use, and gone', async () => {
    const url = await server.freshUrl();
    const place = { folder: join(folder, 'nothing'), url };
    expect((await inspectDatabase(place)).says).toBe(
      'PostgreSQL answers; the service makes its tables when it starts.',
    );
    const database = await openDatabase({ url });
    expect((await inspectDatabase(place)).says).toMatch(/^PostgreSQL answers: 0 wait/);
    await database.close();
    await server.kill();
    await expect(inspectDatabase(place)).rejects.toThrow(/^PostgreSQL at .* cannot be used/);
  });
});
