import type { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';

/** Any number, the same in every replica: only one at a time changes the tables. */
const ADVISORY_LOCK = 7_118_241;

/**
 * Brings the tables to the program's version, forward only, all steps in one transaction: replicas that start at the
 * same moment wait for the first, and a crash in the middle leaves the tables as they were.
 *
 * Throws {@link StoreError} when the tables belong to a newer program.
 */
export async function migrate(database: Database, steps = MIGRATIONS): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(${ADVISORY_LOCK})`);
    await tx.query('create schema if not exists lastgood');
    await tx.query(
      'create table if not exists lastgood.migration (version integer primary key, at timestamptz not null default now())',
    );
    const [found] = await tx.query<{ version: number }>(
      'select coalesce(max(version), 0) as version from lastgood.migration',
    );
    const version = found?.version ?? 0;
    if (version > steps.length) {
      throw new StoreError(
        `The database has version ${version} of the tables, and this program knows ${steps.length}: a newer Lastgood ` +
          'has used it. Start that one again, or give this one another database.',
      );
    }
    for (const [index, statements] of steps.entries()) {
      if (index < version) continue;
      for (const statement of statements) await tx.query(statement);
      await tx.query('insert into lastgood.migration (version) values ($1)', [index + 1]);
    }
  });
}
