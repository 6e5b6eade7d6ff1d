import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../open-database.ts';

/** Folders with an embedded database that is empty and migrated, made by copying the first one. */
export interface EmbeddedFolders {
  fresh(): Promise<string>;
  remove(): Promise<void>;
}

export async function createEmbeddedFolders(): Promise<EmbeddedFolders> {
  const parent = await mkdtemp(join(tmpdir(), 'lastgood-store-'));
  const template = join(parent, 'template');
  const database = await openDatabase({ folder: template, reserve: 0 });
  await database.close();
  let made = 0;
  return {
    async fresh() {
      made += 1;
      const folder = join(parent, String(made));
      await cp(template, folder, { recursive: true });
      return folder;
    },
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}
