import { DatabaseSync } from 'node:sqlite';
import { GitError } from './git-error.ts';

/** Holds a folder for this process. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for this process alone, or throws {@link GitError} `in-use`. The lock is an exclusive
 * transaction on an SQLite file in the folder: the operating system ends it with the process, however that
 * dies, so no lock is ever left behind, and no process id has to be guessed at.
 */
export function lockFolder(folder: string, file: string): FolderLock {
  const database = new DatabaseSync(file);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new GitError(
      'in-use',
      `The mirror ${folder} is in use by another process, or opened twice in this one. Give every process a folder of its own, or stop the other one.`,
      { cause: error },
    );
  }
  return { release: () => database.close() };
}
