import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import type { Parameter } from '../database.ts';
import { DurableFiles } from './durable-files.ts';

const SETTINGS = {
  /** The file system knows no other method. */
  wal_sync_method: 'fsync',
  /** Halves the memory. */
  shared_buffers: '16MB',
  maintenance_work_mem: '8MB',
  /** Of write-ahead log that is kept to be written over. */
  max_wal_size: '64MB',
  min_wal_size: '32MB',
};

/** PGlite's own parameters, without `-F`, which turns fsync off. */
const START = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
];

/**
 * V8 would compile PostgreSQL a second time, optimised, which takes 700 MiB for a moment. Most of the time goes to
 * the disk, so the first compilation does. Has to be said before PGlite's first start in a process.
 */
const ONE_COMPILER = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

/** One start of PGlite in a folder. After it stopped, nothing of it may be called but `discard`. */
export interface Engine {
  readonly stopped: () => string | undefined;
  query<Row>(sql: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  close(): Promise<void>;
  /** Lets go of the files of an engine that stopped. */
  discard(): void;
}

export type MakeFiles = (folder: string) => DurableFiles;

export async function startEngine(
  folder: string,
  makeFiles: MakeFiles = (path) => new DurableFiles(path),
): Promise<Engine> {
  for (const flag of ONE_COMPILER) setFlagsFromString(flag);
  const files = makeFiles(folder);
  let pglite: PGlite;
  try {
    pglite = await PGlite.create({ fs: files, startParams: START });
  } catch (error) {
    files.closeDescriptors();
    throw error;
  }
  return {
    stopped: () => files.stopped,
    query: async <Row>(sql: string, parameters: readonly Parameter[] = []) =>
      (await pglite.query<Row>(sql, [...parameters])).rows,
    close: () => pglite.close(),
    discard: () => files.closeDescriptors(),
  };
}
