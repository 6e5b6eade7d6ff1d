import { statfsSync } from 'node:fs';
import { StoreUnavailable } from '../errors.ts';
import { messageOf } from '../sqlstate.ts';

const MEBIBYTE = 1_048_576;

/** Bytes that stay free on the disk, unless another bound is given: with less, nothing new is taken. */
export const RESERVE = 64 * MEBIBYTE;

/** Throws {@link StoreUnavailable} when the disk of a folder has less room than is to stay free. */
export function assertRoomOn(folder: string, reserve: number): void {
  const free = freeBytes(folder);
  if (free >= reserve) return;
  throw new StoreUnavailable(
    `The disk of ${folder} has ${Math.floor(free / MEBIBYTE)} MiB left, and ${Math.ceil(reserve / MEBIBYTE)} MiB must stay free: ` +
      'nothing new is taken. Make room; what waits is worked on meanwhile.',
  );
}

/** The room on the disk of a folder, for a sentence: `12 MiB`. */
export function describeRoom(folder: string): string {
  try {
    return `${Math.floor(freeBytes(folder) / MEBIBYTE)} MiB`;
  } catch {
    return 'an unknown number of MiB';
  }
}

/** Throws {@link StoreUnavailable} when the disk cannot be asked. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch (error) {
    throw new StoreUnavailable(
      `The disk of ${folder} cannot be asked for its room: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
