import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { StoreError } from '../errors.ts';
import { messageOf } from '../sqlstate.ts';
import { describeRoom } from './room.ts';

/**
 * Makes a new database in the folder, if there is none. It is built under another name, brought to the disk as a
 * whole, and then renamed: a power cut leaves either no database or all of it. A child process builds it, because
 * that takes 450 MiB of memory that would never be given back.
 */
export async function createFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const building = `${folder}.new`;
  await rm(building, { recursive: true, force: true });
  try {
    await promisify(execFile)(process.execPath, [import.meta.filename, building]);
    await syncTree(building);
    await rename(building, folder);
    await syncPath(dirname(folder));
  } catch (error) {
    await rm(building, { recursive: true, force: true }).catch(() => undefined);
    throw new StoreError(
      `The database in ${folder} could not be created: ${reasonOf(error)}. It needs a folder that may be written to, ` +
        `and about 100 MiB on the disk, which has ${describeRoom(dirname(folder))} left.`,
      { cause: error },
    );
  }
}

/** What the child process ended with, of all that it printed. */
function reasonOf(error: unknown): string {
  const text = messageOf(error);
  return /^\w*Error\b.*$/m.exec(text)?.[0] ?? text;
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await syncPath(path);
  }
  await syncPath(folder);
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

const [, program, building] = process.argv;
if (program === import.meta.filename && building !== undefined) {
  const database = await PGlite.create({ fs: new NodeFS(building) });
  await database.close();
}
