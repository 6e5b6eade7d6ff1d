import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from './embedded/open-embedded.ts';
import { StoreError, StoreInUse, StoreUnavailable } from './errors.ts';
import { openDatabase } from './open-database.ts';
import { createEmbeddedFolders, type EmbeddedFolders } from './testing/embedded-folder.fixture.ts';
import { FullDiskFiles } from './testing/full-disk.fixture.ts';
import { one, setUp } from './testing/stage.fixture.ts';

let folders: EmbeddedFolders;
beforeAll(async () => {
  folders = await createEmbeddedFolders();
});
afterAll(() => folders.remove());

describe('the folder of an embedded database', () => {
  it('is refused to a second process, which says who has it', async () => {
    const folder = await folders.fresh();
    const database = await openDatabase({ folder, reserve: 0 });
    const script = `import { openDatabase } from ${JSON.stringify(import.meta.resolve('./open-database.ts'))};
      await openDatabase({ folder: ${JSON.stringify(folder)} }).catch((error) => console.log(error.name, error.message));`;
    const args = ['--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout.trim()).toBe(
      `StoreInUse The database in ${folder} is in use by the process ${process.pid}. One process at a time may use an ` +
        'embedded database: stop that one, give this one a folder of its own, or run both on PostgreSQL with DATABASE_URL.',
    );
    await expect(openDatabase({ folder })).rejects.toThrow(/in use by this process already/);
    await database.close();
    const again = await openDatabase({ folder, reserve: 0 });
    await again.close();
    await expect(again.query('select 1')).rejects.toThrow(StoreUnavailable);
  });

  it.each<[string, (folder: string) => void]>([
    ['is below a file', (folder) => writeFileSync(dirname(folder), '')],
    ['can have no lock', (folder) => mkdirSync(join(folder, 'lock.sqlite'), { recursive: true })],
    [
      'has a lock that cannot be taken, as on a full disk',
      (folder) => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'lock.sqlite'), 'x'.repeat(4_096));
      },
    ],
  ])('is not said to be in use when it %s', async (_, spoil) => {
    const folder = join(await folders.fresh(), 'deeper', 'store');
    spoil(folder);
    const error = await openDatabase({ folder }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).not.toBeInstanceOf(StoreInUse);
    expect((error as Error).message).toMatch(
      /^The folder .*\/deeper\/store cannot be written to: .* The database needs one that this user may write to/,
    );
  });

  it('is built anew when a power cut came in the middle of its making', async () => {
    const folder = join(await folders.fresh(), 'deeper');
    mkdirSync(join(folder, 'database.new', 'base'), { recursive: true });
    writeFileSync(join(folder, 'database.new', 'PG_VERSION'), '18\n');
    const database = await openDatabase({ folder, reserve: 0 });
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    await database.close();
    expect(readdirSync(folder).sort()).toEqual(['database', 'lock.sqlite']);
  });

  it('is never emptied when it cannot be read', async () => {
    const folder = await folders.fresh();
    const control = join(folder, 'database', 'global', 'pg_control');
    writeFileSync(control, 'not a control file');
    const opened = await openDatabase({ folder }).catch((error: unknown) => error);
    expect(opened).toBeInstanceOf(StoreError);
    expect((opened as Error).message).toMatch(/could not be opened: .*move the folder away/);
    expect(statSync(control).size).toBe(18);
  });

  it('keeps its write-ahead log small', async () => {
    const folder = await folders.fresh();
    const database = await openDatabase({ folder, reserve: 0 });
    await database.query('create table big (text text)');
    for (let n = 0; n < 160; n += 1) {
      await database.query(
        'insert into big select repeat(md5(n::text), 30) from generate_series(1, 1000) n',
      );
    }
    const [written] = await database.query<{ bytes: number }>(
      "select (pg_current_wal_lsn() - '0/0')::float8 as bytes",
    );
    await database.close();
    const log = join(folder, 'database', 'pg_wal');
    const kept = readdirSync(log).reduce((sum, file) => sum + statSync(join(log, file)).size, 0);
    expect(written?.bytes).toBeGreaterThan(160 * 2 ** 20);
    expect(kept).toBeLessThan(112 * 2 ** 20);
  });
});

describe('a full disk', () => {
  it('stops taking anything new while there is a reserve to work with', async () => {
    const folder = await folders.fresh();
    const database = await openDatabase({ folder, reserve: 2 ** 60 });
    const { store } = setUp(database);
    const refused = await store.accept([one('a', 1)]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreUnavailable);
    expect((refused as Error).message).toMatch(/MiB left, and .* MiB must stay free/);
    expect((refused as StoreUnavailable).retryAfter).toBe(5_000);
    expect(await store.snapshot()).toMatchObject({ waiting: 0 });
    await store.close();
  });

  it('that is full in the middle of a write takes nothing half, and works again once there is room', async () => {
    const folder = await folders.fresh();
    const disk = { full: false };
    const makeFiles = (path: string) => new FullDiskFiles(path, disk);
    const database = await openEmbedded(folder, { reserve: 0, restartAfter: 0, makeFiles });
    const { store, work, turns } = setUp(database);
    await store.accept([one('a', 'before')]);
    disk.full = true;
    const deliveries = Array.from({ length: 30 }, (_, n) =>
      store.accept([one('a', `lost ${n}`), one('b', `lost ${n}`)]),
    );
    const answers = await Promise.allSettled([
      ...deliveries,
      store.documents.put('a', 'b', 'c', 1),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    }
    // The engine stopped with PostgreSQL's PANIC; asking again starts it anew, which cannot work yet either.
    await expect(database.query('select 1')).rejects.toThrow(StoreUnavailable);
    disk.full = false;
    await store.accept([one('a', 'after')]);
    const workers = work();
    await workers.idle();
    await store.close();
    expect(turns.flat()).toEqual(['before', 'after']);
    expect(existsSync(join(folder, 'lock.pid'))).toBe(false);
  });
});
