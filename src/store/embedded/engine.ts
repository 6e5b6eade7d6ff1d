import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import type { Queries } from '../database.ts';
import { DurableFiles } from './durable-files.ts';
import { createSession } from './session.ts';

const SETTINGS = {
  /** The file system knows no other method. */
  wal_sync_method: 'fsync',
  /** What is asked all the time fits; each MiB more is one more of the process. */
  shared_buffers: '4MB',
  maintenance_work_mem: '8MB',
  /**
   * A statement is planned once, as planning takes several times as long as running it. Its tables are empty then, and
   * what is cheapest for those must not stay when they grow: each statement is written for an index.
   */
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
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

/**
 * One start of PGlite in a folder, which does one thing at a time. After it stopped, nothing of it may be called but
 * `discard`.
 */
export interface Engine extends Queries {
  readonly stopped: () => string | undefined;
  /** Resolves once what it has answered by now is on the disk. */
  synced(): Promise<void>;
  close(): Promise<void>;
  /** Lets go of the files of an engine that stopped. */
  discard(): Promise<void>;
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
    query: createSession(pglite),
    synced: () => files.synced(),
    close: () => pglite.close(),
    discard: async () => files.closeDescriptors(),
  };
}
