/**
 * The embedded database: PGlite in a folder, for one process.
 *
 * Properties: what was committed survives a power cut; a second process is refused; PGlite's engine runs one thing at
 * a time and is never called again once it stopped (PostgreSQL's PANIC: the log could not be written), but started
 * anew on what is on the disk; the write-ahead log stays small, because PGlite never makes a checkpoint by itself.
 */
import { join } from 'node:path';
import { SECOND, type Milliseconds } from '../../time.ts';
import type { Database, Parameter } from '../database.ts';
import { databaseClosed, StoreError, StoreUnavailable } from '../errors.ts';
import { inTransaction } from '../in-transaction.ts';
import { runAgain } from '../run-again.ts';
import { messageOf } from '../sqlstate.ts';
import { createFolder } from './create-folder.ts';
import { startEngine, type Engine, type MakeFiles } from './engine.ts';
import { lockFolder } from './lock-folder.ts';
import { createQueue } from './queue.ts';
import { assertRoomOn, describeRoom, RESERVE } from './room.ts';

export interface EmbeddedOptions {
  /** Bytes that stay free on the disk: with less, nothing new is taken. 64 MiB unless given. */
  readonly reserve?: number;
  /** Between two attempts to start the engine again after it stopped; 2 s unless given. */
  readonly restartAfter?: Milliseconds;
  /** A test's own files. */
  readonly makeFiles?: MakeFiles;
}

const MEBIBYTE = 1_048_576;
/** Statements between two looks at the size of the write-ahead log. */
const LOOK_EVERY = 32;
/** Bytes of write-ahead log after which a checkpoint is made: a start after `kill -9` reads about this much. */
const CHECKPOINT_AFTER = 32 * MEBIBYTE;

export async function openEmbedded(
  folder: string,
  options: EmbeddedOptions = {},
): Promise<Database> {
  const { reserve = RESERVE, restartAfter = 2 * SECOND, makeFiles } = options;
  const assertRoom = (): void => assertRoomOn(folder, reserve);
  const lock = lockFolder(folder);
  const data = join(folder, 'database');
  const inTurn = createQueue();
  let engine: Engine | undefined;
  let closed = false;
  let statements = 0;

  let failedAt = Number.NEGATIVE_INFINITY;

  /** Starts the engine anew after it stopped. A start blocks the process for some 300 ms, so vain ones are rare. */
  const start = async (): Promise<Engine> => {
    if (performance.now() - failedAt < restartAfter) {
      throw new StoreUnavailable(
        'The embedded database stopped, and could not be started a moment ago.',
      );
    }
    assertRoom();
    try {
      engine = await startEngine(data, makeFiles);
      return engine;
    } catch (error) {
      failedAt = performance.now();
      throw new StoreUnavailable(
        `The embedded database stopped and cannot be started again now: ${messageOf(error)}. Is the disk full?`,
        { cause: error },
      );
    }
  };
  try {
    await createFolder(data);
    engine = await startEngine(data, makeFiles);
  } catch (error) {
    lock.release();
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      `The database in ${folder} could not be opened: ${whyNot(error)}. Its disk has ${describeRoom(folder)} left: ` +
        'make room if that is little. If its files were damaged, move the folder away and start on an empty one: ' +
        'everything but alerts not yet acted on is read again from GitHub.',
      { cause: error },
    );
  }

  /** Does one statement. An engine that stopped in it is let go of, so that the next one starts anew. */
  const ask = async <Row>(
    running: Engine,
    sql: string,
    parameters?: readonly Parameter[],
  ): Promise<Row[]> => {
    try {
      return await running.query<Row>(sql, parameters);
    } catch (error) {
      const why = running.stopped();
      if (why === undefined) throw error;
      throw new StoreUnavailable(`The embedded database stopped: ${messageOf(error)} (${why})`, {
        cause: error,
      });
    } finally {
      if (running.stopped() !== undefined && engine === running) {
        engine = undefined;
        await running.discard();
      }
    }
  };

  const checkpoint = async (running: Engine): Promise<void> => {
    statements += 1;
    if (statements % LOOK_EVERY !== 0) return;
    const [log] = await ask<{ bytes: number }>(
      running,
      'select (pg_current_wal_insert_lsn() - redo_lsn)::float8 as bytes from pg_control_checkpoint()',
    );
    if ((log?.bytes ?? 0) > CHECKPOINT_AFTER) await ask(running, 'checkpoint');
  };

  /** Everything goes through here, one thing at a time. What is answered is on the disk, and the next runs meanwhile. */
  const exclusive = async <T>(work: (running: Engine) => Promise<T>): Promise<T> => {
    const { result, running } = await inTurn(async () => {
      if (closed) throw databaseClosed();
      const running = engine ?? (await start());
      const result = await work(running);
      // What was done stands, whatever becomes of the checkpoint.
      await checkpoint(running).catch(() => undefined);
      return { result, running };
    });
    await running.synced();
    return result;
  };

  return {
    kind: 'embedded',
    assertRoom,
    query: (sql, parameters) =>
      runAgain(() => exclusive((running) => ask(running, sql, parameters))),
    transaction: (work) =>
      runAgain(() =>
        exclusive((running) =>
          inTransaction((sql, parameters) => ask(running, sql, parameters), work),
        ),
      ),
    async vacuum(table) {
      await exclusive((running) => ask(running, `vacuum (analyze) ${table}`));
    },
    close: () =>
      inTurn(async () => {
        if (closed) return;
        closed = true;
        await engine?.close();
        lock.release();
      }),
  };
}

/** The engine's own advice is for those who build it. */
function whyNot(error: unknown): string {
  return messageOf(error).replace(/\.? Build with .*$/s, '');
}
