import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIGRATIONS } from '../migrations.ts';
import { openDatabase } from '../open-database.ts';

/** Folders with an embedded database that is empty and migrated: copies of one that is made once and kept. */
export interface EmbeddedFolders {
  fresh(): Promise<string>;
  remove(): Promise<void>;
}

const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules');

export async function createEmbeddedFolders(): Promise<EmbeddedFolders> {
  const template = await findTemplate();
  const parent = await mkdtemp(join(tmpdir(), 'lastgood-store-'));
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

/** Making a database takes seconds, so it is kept for other files and runs, as long as it would come out the same. */
async function findTemplate(): Promise<string> {
  const pglite = await readFile(join(modules, '@electric-sql', 'pglite', 'package.json'), 'utf8');
  const hash = createHash('sha256').update(pglite).update(JSON.stringify(MIGRATIONS)).digest('hex');
  const cache = join(modules, '.cache', 'lastgood-store');
  const template = join(cache, hash.slice(0, 16));
  if (existsSync(template)) return template;
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(join(cache, 'making-'));
  const database = await openDatabase({ folder: making, reserve: 0 });
  await database.close();
  // Another test file may have been first.
  await rename(making, template).catch(() => rm(making, { recursive: true, force: true }));
  return template;
}
