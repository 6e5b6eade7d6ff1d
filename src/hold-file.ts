import { DatabaseSync } from 'node:sqlite';

/** A file that this process holds. */
export interface HeldFile {
  release(): void;
}

/** SQLite's code of a file that somebody else has locked. */
const BUSY = 5;

/**
 * Holds a file for this process alone, and makes it when it is not there; undefined when somebody else holds it, be it
 * in this process. The hold is an exclusive transaction on an SQLite file: the operating system ends it with the
 * process, however that dies, so none is ever left behind and no process id has to be guessed at. The file is not to be
 * opened otherwise: on POSIX, closing any descriptor of a file lets go of the process's locks on it.
 *
 * @throws what keeps the file from being made: a full disk, a folder that may not be written to.
 */
export function holdFile(file: string): HeldFile | undefined {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('PRAGMA journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return undefined;
    throw error;
  }
  return { release: () => lock.close() };
}
