import type { Database } from './database.ts';
import { openEmbedded, type EmbeddedOptions } from './embedded/open-embedded.ts';
import { freeAbandoned } from './lease.ts';
import { migrate } from './migrate.ts';
import { openPostgres, type PostgresOptions } from './postgres/open-postgres.ts';

/** Where the database is: a folder for the embedded one, an address for PostgreSQL. */
export type DatabasePlace =
  ({ readonly folder: string } & EmbeddedOptions) | ({ readonly url: string } & PostgresOptions);

/**
 * Opens the database and brings its tables to what this program needs.
 *
 * Throws {@link StoreError} when it cannot be used as it is: a folder in use by another process, a server that does
 * not answer, tables of a newer program.
 */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  const database =
    'folder' in place
      ? await openEmbedded(place.folder, place)
      : await openPostgres(place.url, place);
  try {
    await migrate(database);
    await freeAbandoned(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}
