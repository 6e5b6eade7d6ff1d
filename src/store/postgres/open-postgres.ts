/**
 * PostgreSQL as the database, for any number of replicas.
 *
 * Properties: a commit is on the disk when it is acknowledged, whatever the server's default says; a connection that
 * hangs or is broken costs one request, never the process; no password is ever in a message.
 */
import pg from 'pg';
import { SECOND } from '../../time.ts';
import type { Database, Parameter, Queries } from '../database.ts';
import { databaseClosed, StoreError } from '../errors.ts';
import { inTransaction } from '../in-transaction.ts';
import { runAgain } from '../run-again.ts';
import { isUnavailable, messageOf } from '../sqlstate.ts';

export interface PostgresOptions {
  /** The most connections of this process; 8 unless given. */
  readonly connections?: number;
}

export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Database> {
  const pool = createPool(url, options.connections ?? 8);
  // A connection that breaks while nobody uses it is replaced by the next request; unheard, this would end the process.
  pool.on('error', () => undefined);
  let closing: Promise<void> | undefined;
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end().catch(() => undefined);
    throw new StoreError(
      `PostgreSQL at ${describeUrl(url)} cannot be used: ${messageOf(error)}. Check DATABASE_URL, and whether the ` +
        'server runs and lets this machine in.',
      { cause: error },
    );
  }

  const refuseClosed = (): void => {
    if (closing) throw databaseClosed();
  };
  const ask =
    (client: pg.Pool | pg.PoolClient): Queries['query'] =>
    async <Row>(sql: string, parameters: readonly Parameter[] = []) =>
      (await client.query(sql, [...parameters])).rows as Row[];

  const transact = async <T>(work: (tx: Queries) => Promise<T>): Promise<T> => {
    refuseClosed();
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      return await inTransaction(ask(client), work);
    } catch (error) {
      if (isUnavailable(error)) broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  };

  return {
    kind: 'postgres',
    assertRoom: () => undefined,
    query: (sql, parameters) =>
      runAgain(async () => {
        refuseClosed();
        return ask(pool)(sql, parameters);
      }),
    transaction: (work) => runAgain(() => transact(work)),
    // The server does that by itself.
    vacuum: async () => undefined,
    close: () => (closing ??= pool.end()),
  };
}

function createPool(url: string, connections: number): pg.Pool {
  try {
    return new pg.Pool({
      connectionString: url,
      application_name: 'lastgood',
      max: connections,
      connectionTimeoutMillis: 5 * SECOND,
      idleTimeoutMillis: 60 * SECOND,
      query_timeout: 30 * SECOND,
      keepAlive: true,
      onConnect: prepare,
    });
  } catch (error) {
    throw new StoreError(
      'DATABASE_URL is not an address of PostgreSQL. It reads postgres://user:password@host:5432/database.',
      { cause: error },
    );
  }
}

/**
 * Every connection's settings, by a statement, because poolers refuse them as parameters of the start. A server may
 * have been told not to wait for its disk; here every commit does.
 */
const prepare: (client: pg.ClientBase) => unknown = (client) =>
  client.query(
    `select set_config('statement_timeout', '25s', false),
       set_config('idle_in_transaction_session_timeout', '15s', false),
       set_config('synchronous_commit',
         case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end,
         false)`,
  );

/** The address without the password. */
function describeUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.host}${parsed.pathname}` : 'the address in DATABASE_URL';
}
