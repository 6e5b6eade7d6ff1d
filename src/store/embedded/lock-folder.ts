import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdFile, type HeldFile } from '../../hold-file.ts';
import { StoreError, StoreInUse } from '../errors.ts';
import { messageOf } from '../sqlstate.ts';

/**
 * Takes the folder of an embedded database for this process alone: PGlite itself does not, and two processes in one
 * folder lose rows without a word. The holder's id stands in a file of its own, for the one who is refused.
 *
 * @throws {StoreInUse} when somebody has it, {@link StoreError} when it cannot be written to.
 */
export function lockFolder(folder: string): HeldFile {
  const holder = join(folder, 'lock.pid');
  const lock = hold(folder, holder);
  if (!lock) {
    throw new StoreInUse(
      `The database in ${folder} is in use by ${holderOf(holder)}. One process at a time may use an embedded ` +
        'database: stop that one, give this one a folder of its own, or run both on PostgreSQL with DATABASE_URL.',
    );
  }
  return {
    release() {
      rmSync(holder, { force: true });
      lock.release();
    },
  };
}

function hold(folder: string, holder: string): HeldFile | undefined {
  let lock: HeldFile | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    lock = holdFile(join(folder, 'lock.sqlite'));
    if (lock) writeFileSync(holder, `${process.pid}\n`);
    return lock;
  } catch (error) {
    lock?.release();
    throw new StoreError(
      `The folder ${folder} cannot be written to: ${messageOf(error)}. The database needs one that this user may ` +
        'write to, on a disk with room: see LASTGOOD_DATA.',
      { cause: error },
    );
  }
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
