import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { IndexSnapshot } from './change-index.ts';

/** Raised with every change of the layout or of what the index holds; a file of another version is not read. */
const MARK = Buffer.from('lastgood history index 2\n');
const HASH_BYTES = 32;

/** Writes a snapshot so that a reader finds either the old file or the whole new one. One writer at a time. */
export async function writeIndexFile(file: string, snapshot: IndexSnapshot): Promise<void> {
  const payload = serialize(snapshot);
  const fresh = `${file}.new`;
  try {
    await writeFile(fresh, Buffer.concat([MARK, hash(payload), payload]));
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Reads a snapshot; undefined when there is no file, or none that can be trusted: build it anew then. */
export async function readIndexFile(file: string): Promise<IndexSnapshot | undefined> {
  try {
    const bytes = await readFile(file);
    const start = MARK.length + HASH_BYTES;
    if (!bytes.subarray(0, MARK.length).equals(MARK)) return undefined;
    const payload = bytes.subarray(start);
    if (!bytes.subarray(MARK.length, start).equals(hash(payload))) return undefined;
    // The checksum says that this very program wrote it.
    return deserialize(payload) as IndexSnapshot;
  } catch {
    return undefined;
  }
}

function hash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
