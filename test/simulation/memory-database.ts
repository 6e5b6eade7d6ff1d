import { PGlite } from '@electric-sql/pglite';
import { freeAbandoned } from '../../src/store/lease.ts';
import { inTransaction } from '../../src/store/in-transaction.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database, Parameter, Queries } from '../../src/store/database.ts';
import { createQueue } from '../../src/store/embedded/queue.ts';
import { createTimers } from '../../src/store/timers.ts';
import type { SharedDatabase } from '../../fixtures/process/shared-database.ts';

/**
 * A database in this process's memory: the same SQL, and nothing that waits for a disk. Calls itself a server of
 * PostgreSQL, so that the leases of the dead end by time, as they do among replicas.
 */
export async function openMemoryDatabase(): Promise<SharedDatabase> {
  const pglite = await PGlite.create();
  await pglite.exec('set plan_cache_mode = force_generic_plan; set synchronous_commit = off');
  const inTurn = createQueue();
  const ask = createAsk(pglite);
  const database: Database = {
    kind: 'postgres',
    query: (sql, parameters) => inTurn(() => ask(sql, parameters)),
    transaction: (work) => inTurn(() => inTransaction(ask, work)),
    assertRoom: () => undefined,
    vacuum: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  await migrate(database);
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'lastgood' and table_name <> 'migration'`,
  );
  const names = tables.map(({ name }) => `lastgood.${name}`);
  return {
    database,
    nextDue: () => createTimers(database).next(),
    takeOver: () => freeAbandoned({ ...database, kind: 'embedded' }),
    async empty() {
      // Small as the tables are, a delete costs less than a truncate.
      for (const name of names) await database.query(`delete from ${name}`);
    },
    close: () => pglite.close(),
  };
}

/**
 * Asks by prepared statements, in one message each: what the product asks is always the same, and to plan it anew each
 * time would cost more than all the rest of a run.
 */
function createAsk(pglite: PGlite): Queries['query'] {
  const prepared = new Map<string, string>();
  const prepare = async (sql: string): Promise<string> => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const name = `statement_${prepared.size}`;
    await pglite.exec(`prepare ${name} as ${sql}`);
    prepared.set(sql, name);
    return name;
  };
  return async <Row>(sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> => {
    if (!/^\s*(?:select|insert|update|delete|with)\b/i.test(sql)) {
      return (await pglite.query<Row>(sql, [...parameters])).rows;
    }
    const name = await prepare(sql);
    const values = parameters.length > 0 ? `(${parameters.map(literal).join(', ')})` : '';
    const [result] = await pglite.exec(`execute ${name}${values}`);
    return (result?.rows ?? []) as Row[];
  };
}

/** A value as SQL text; PostgreSQL takes it for the type that the statement wants. */
function literal(value: Parameter): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return `'${value}'`;
  return quote(typeof value === 'string' ? value : `{${value.map(element).join(',')}}`);
}

function element(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value ?? 'NULL');
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
