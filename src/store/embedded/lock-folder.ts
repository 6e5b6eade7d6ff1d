import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreInUse } from '../errors.ts';

/** Holds the folder of an embedded database for this process. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process alone: PGlite itself does not, and two processes in one folder lose rows without
 * a word. The lock is an exclusive transaction on an SQLite file beside the database: the operating system ends it
 * with the process, however that dies. That file is never opened otherwise, because on POSIX closing any descriptor
 * of a file lets go of the process's locks on it; the holder's id stands in a file of its own.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true });
  const holder = join(folder, 'lock.pid');
  const lock = new DatabaseSync(join(folder, 'lock.sqlite'));
  try {
    lock.exec('PRAGMA journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new StoreInUse(
      `The database in ${folder} is in use by ${holderOf(holder)}. One process at a time may use an embedded ` +
        'database: stop that one, give this one a folder of its own, or run both on PostgreSQL with DATABASE_URL.',
      { cause: error },
    );
  }
  writeFileSync(holder, `${process.pid}\n`);
  return {
    release() {
      rmSync(holder, { force: true });
      lock.close();
    },
  };
}

function holderOf(file: string): string {
  try {
    const id = readFileSync(file, 'utf8').trim();
    if (!/^\d+$/.test(id)) return 'another process';
    return Number(id) === process.pid ? `this process already (${id})` : `the process ${id}`;
  } catch {
    return 'another process';
  }
}
