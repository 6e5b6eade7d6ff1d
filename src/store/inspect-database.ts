import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Queries } from './database.ts';
import { openEmbedded } from './embedded/open-embedded.ts';
import { assertRoomOn, describeRoom, freeBytes, RESERVE } from './embedded/room.ts';
import { StoreError, StoreInUse } from './errors.ts';
import { openPostgres } from './postgres/open-postgres.ts';
import { messageOf } from './sqlstate.ts';

/** What there is to say about a database that can be used. */
export interface SeenDatabase {
  /** A sentence. */
  readonly says: string;
  /** Items that were given up; 0 where nobody can look. */
  readonly dead: number;
}

/**
 * Looks at the database without making or migrating anything, also beside the service. Throws with a sentence when it
 * cannot be used.
 */
export async function inspectDatabase(place: {
  readonly folder: string;
  readonly url?: string | undefined;
}): Promise<SeenDatabase> {
  if (place.url !== undefined) {
    const database = await openPostgres(place.url, { connections: 1 });
    try {
      return await lookInto(database, 'PostgreSQL answers');
    } finally {
      await database.close();
    }
  }
  if (!existsSync(join(place.folder, 'database'))) {
    checkPlace(place.folder);
    const says = `There is no database in ${place.folder} yet; the service makes one when it starts.`;
    return { says, dead: 0 };
  }
  try {
    const database = await openEmbedded(place.folder);
    try {
      database.assertRoom();
      return await lookInto(database, 'The embedded database can be used');
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof StoreInUse)) throw error;
    assertRoomOn(place.folder, RESERVE);
    const says = `The embedded database in ${place.folder} is in use by a process that runs; its /readyz tells more.`;
    return { says, dead: 0 };
  }
}

/** What making and using a new one takes of the disk. */
const ROOM_FOR_NEW = 100 * 1_048_576 + RESERVE;

/** Whether a database can be made in a folder, which may have to be made as well. */
function checkPlace(folder: string): void {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  try {
    if (!statSync(there).isDirectory()) throw new Error(`${there} is no folder`);
    accessSync(there, constants.W_OK | constants.X_OK);
    if (freeBytes(there) < ROOM_FOR_NEW) {
      throw new Error(`its disk has ${describeRoom(there)} left, and about 170 MiB are needed`);
    }
  } catch (error) {
    throw new StoreError(`No database can be made in ${folder}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** What a store says of itself, that is open in this process. */
export function describeDatabase(
  kind: string,
  held: { readonly waiting: number; readonly later: number; readonly dead: number },
): SeenDatabase {
  const { waiting, later, dead } = held;
  return { says: `${kind}: ${waiting + later} wait, ${dead} given up.`, dead };
}

async function lookInto(database: Queries, kind: string): Promise<SeenDatabase> {
  const [table] = await database.query<{ there: boolean }>(
    "select to_regclass('lastgood.item') is not null as there",
  );
  if (table?.there !== true) {
    return { says: `${kind}; the service makes its tables when it starts.`, dead: 0 };
  }
  const rows = await database.query<{ state: string; count: number }>(
    `select case state when 'bundled' then 'waiting' else state end as state, sum(many)::float8 as count
     from lastgood.item group by 1`,
  );
  const count = (state: string): number => rows.find((row) => row.state === state)?.count ?? 0;
  return describeDatabase(kind, {
    waiting: count('waiting'),
    later: count('later'),
    dead: count('dead'),
  });
}
