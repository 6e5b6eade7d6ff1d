import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDatabase } from '../../../fixtures/database.ts';

/** Folders with an embedded database that is empty and migrated. */
export interface EmbeddedFolders {
  fresh(): Promise<string>;
  remove(): Promise<void>;
}

export async function createEmbeddedFolders(): Promise<EmbeddedFolders> {
  const parent = await mkdtemp(join(tmpdir(), 'lastgood-store-'));
  let made = 0;
  return {
    async fresh() {
      made += 1;
      const folder = join(parent, String(made));
      await copyDatabase(folder);
      return folder;
    },
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}
