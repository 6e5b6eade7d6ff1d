import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SECOND } from '../time.ts';
import type { Milliseconds } from '../time.ts';

/**
 * git holds a lock for the moment of one write. A git process may outlive the process that started it by as
 * long as its own command takes, so a lock counts as left behind only at this age.
 */
const LEFT_BEHIND: Milliseconds = 10 * SECOND;
const LOOK_AGAIN: Milliseconds = 100;

/**
 * Removes the lock files that a killed git left in a bare repository, and answers which. Waits for one that is
 * too young to tell. Only for the process that holds the folder, and only while it runs no git there itself.
 */
export async function removeStaleLocks(
  gitFolder: string,
  leftBehind: Milliseconds = LEFT_BEHIND,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const file of await findLocks(gitFolder)) {
    let age = await ageOf(file);
    while (age !== undefined && age < leftBehind) {
      await pause(Math.min(LOOK_AGAIN, leftBehind - age));
      age = await ageOf(file);
    }
    if (age === undefined) continue;
    await rm(file, { force: true });
    removed.push(file);
  }
  return removed;
}

/** How long ago a file was written by the file system's clock; undefined when it is gone. */
async function ageOf(file: string): Promise<Milliseconds | undefined> {
  try {
    // A clock that was set back must not make anybody wait for long.
    return Math.abs(Date.now() - (await stat(file)).mtimeMs);
  } catch {
    return undefined;
  }
}

async function findLocks(gitFolder: string): Promise<readonly string[]> {
  if (!existsSync(gitFolder)) return [];
  const entries = await readdir(gitFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.lock'))
    .map((entry) => join(entry.parentPath, entry.name));
}
