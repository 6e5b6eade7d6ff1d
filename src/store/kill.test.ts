import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import { StoreUnavailable } from './errors.ts';
import { createEmbeddedFolders, type EmbeddedFolders } from './testing/embedded-folder.fixture.ts';
import {
  POSTGRES_MISSING,
  startPostgres,
  type PostgresServer,
} from './testing/postgres-server.fixture.ts';
import { keysOf, outOfOrder, run, workedTwice, type Line } from './testing/processes.fixture.ts';
import { one, setUp } from './testing/stage.fixture.ts';
import { HOUR } from '../time.ts';

function missing(from: ReadonlySet<string>, among: ReadonlySet<string>): string[] {
  return [...from].filter((key) => !among.has(key));
}

/** Sends and works, is killed with `kill -9` three times, and is then left to finish. Answers all it wrote. */
async function killAgainAndAgain(place: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [round, handled] of [150, 40, 300].entries()) {
    const victim = run(place, 'both', `round${round}`);
    await victim.wrote('handled', handled);
    await victim.kill();
    lines.push(...victim.lines);
  }
  const last = run(place, 'work', 'last');
  const all = () => [...lines, ...last.lines];
  // On PostgreSQL what a dead process was working on comes when its leases have ended.
  await expect.poll(() => missing(keysOf(all(), 'accepted'), keysOf(all(), 'handled'))).toEqual([]);
  await last.kill();
  return all();
}

describe('kill -9 on the embedded database', () => {
  let folders: EmbeddedFolders;
  beforeAll(async () => {
    folders = await createEmbeddedFolders();
  });
  afterAll(() => folders.remove());

  it('loses nothing that was acknowledged, and keeps the order of the lanes', async () => {
    const lines = await killAgainAndAgain(await folders.fresh());
    expect(keysOf(lines, 'accepted').size).toBeGreaterThan(400);
    expect(outOfOrder(lines)).toEqual([]);
  });

  it('goes on with what the dead process was working on, and waits for no lease', async () => {
    const folder = await folders.fresh();
    const victim = run(folder, 'both', 'victim', HOUR);
    await victim.wrote('handled', 100);
    await victim.kill();
    const next = run(folder, 'work', 'next', HOUR);
    const missed = () =>
      missing(
        keysOf(victim.lines, 'accepted'),
        keysOf([...victim.lines, ...next.lines], 'handled'),
      );
    await expect.poll(missed).toEqual([]);
    await next.kill();
  });
});

describe.skipIf(POSTGRES_MISSING)('replicas on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  it('loses nothing that was acknowledged to a process killed with kill -9', async () => {
    const lines = await killAgainAndAgain(await server.freshUrl());
    expect(keysOf(lines, 'accepted').size).toBeGreaterThan(400);
    expect(outOfOrder(lines)).toEqual([]);
  });

  it.each([2, 3])(
    '%i of them share the lanes; one is killed, and the others take over',
    async (count) => {
      const url = await server.freshUrl();
      const replicas = Array.from({ length: count }, (_, n) => run(url, 'both', `replica${n}`));
      await Promise.all(replicas.map((one) => one.wrote('handled', 200)));
      const [victim, ...others] = replicas;
      await victim?.kill();
      await Promise.all(others.map((one) => one.wrote('handled', 300)));
      await Promise.all(others.map((one) => one.kill()));
      const last = run(url, 'work', 'last');
      // What the killed ones were working on comes when their leases have ended.
      const all = () => [...replicas, last].flatMap(({ lines }) => lines);
      await expect
        .poll(() => missing(keysOf(all(), 'accepted'), keysOf(all(), 'handled')))
        .toEqual([]);
      await last.kill();
      expect(workedTwice(replicas.map(({ lines }) => lines))).toEqual([]);
      const workedBy = replicas.map(
        ({ lines }) => lines.filter(({ what }) => what === 'ended').length,
      );
      expect(Math.min(...workedBy)).toBeGreaterThan(0);
    },
  );

  it('starts many at the same moment on an empty database', async () => {
    const url = await server.freshUrl();
    const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url })));
    const [first] = opened;
    expect(await first?.query('select version from lastgood.migration')).toHaveLength(
      MIGRATIONS.length,
    );
    const ticks = await Promise.all(
      opened.map((database) => setUp(database).store.tick('sweep', 1_000)),
    );
    expect(ticks.filter(Boolean)).toHaveLength(1);
    await Promise.all(opened.map((database) => database.close()));
  });

  it('says that it is unavailable while the server is gone, and works again when it is back', async () => {
    const database = await openDatabase({ url: await server.freshUrl() });
    const { store, work, turns, problems } = setUp(database);
    const workers = work();
    await store.accept([one('a', 'before')]);
    await workers.idle();
    await server.kill();
    await expect(store.accept([one('a', 'lost')])).rejects.toThrow(StoreUnavailable);
    await expect(database.transaction((tx) => tx.query('select 1'))).rejects.toThrow(
      StoreUnavailable,
    );
    await expect.poll(() => problems.at(-1)).toBeInstanceOf(StoreUnavailable);
    await server.start();
    await store.accept([one('a', 'after')]);
    await workers.idle();
    await store.close();
    expect(turns.flat()).toEqual(['before', 'after']);
  });

  it.each([
    [
      'postgres://nobody:secret@127.0.0.1:1/none',
      /^PostgreSQL at 127.0.0.1:1\/none cannot be used: .*ECONNREFUSED/,
    ],
    ['not an address', /^PostgreSQL at the address in DATABASE_URL cannot be used/],
  ])('says what is wrong with %s, without a password', async (url, message) => {
    const refused = await openDatabase({ url }).then(
      () => 'opened',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    expect(refused).toMatch(message);
    expect(refused).not.toMatch('secret');
  });
});
