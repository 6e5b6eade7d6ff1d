import { stat } from 'node:fs/promises';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** Reads a file that the person named. */
export async function readNamed<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    await stat(path);
  } catch {
    throw new CommandFailed(EXIT.unreadable, `There is no ${path}. Name a file that exists.`);
  }
  return read();
}
