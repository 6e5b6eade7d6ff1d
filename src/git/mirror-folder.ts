import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from './git-error.ts';
import { withSettings } from './git-environment.ts';
import type { GitPlace } from './git-environment.ts';
import { runGit } from './run-git.ts';

/** What stands where in the folder of a mirror. */
export interface MirrorFolder {
  readonly folder: string;
  readonly gitFolder: string;
  readonly indexFile: string;
  readonly lockFile: string;
  /** A repository being cloned, and one being thrown away: either may be left by a crash. */
  readonly incoming: string;
  readonly discarded: string;
}

export function mirrorFolder(folder: string): MirrorFolder {
  return {
    folder,
    gitFolder: join(folder, 'repository.git'),
    indexFile: join(folder, 'history-index'),
    lockFile: join(folder, 'lock.sqlite'),
    incoming: join(folder, 'incoming.git'),
    discarded: join(folder, 'discarded.git'),
  };
}

/** Makes an empty bare repository. It is not trusted until it stands at its final place. */
export async function initRepository(place: GitPlace): Promise<void> {
  await rm(place.gitFolder, { recursive: true, force: true });
  await mkdir(place.gitFolder, { recursive: true, mode: 0o700 });
  // An empty template: no sample hooks.
  await runGit(place, ['init', '--quiet', '--bare', '--template=']);
}

/** Puts a freshly cloned repository in the place of the one before. Each step may be the last before a crash. */
export async function swapIn(folder: MirrorFolder): Promise<void> {
  await rm(folder.discarded, { recursive: true, force: true });
  if (existsSync(folder.gitFolder)) await rename(folder.gitFolder, folder.discarded);
  await rename(folder.incoming, folder.gitFolder);
  await rm(folder.discarded, { recursive: true, force: true });
}

/** Whether there is a mirror on the disk that can be used: whole history, newest commit there. Throws {@link GitError}. */
export async function checkMirror(place: GitPlace, ref: string): Promise<boolean> {
  if (!existsSync(place.gitFolder)) return false;
  if (existsSync(join(place.gitFolder, 'shallow'))) {
    throw new GitError('damaged', 'It holds only a part of the history.');
  }
  const found = await runGit(place, ['for-each-ref', '--format=%(objectname)', '--', ref]);
  if (found === '') throw new GitError('damaged', 'It has lost its branch.');
  await runGit(place, ['rev-list', '--max-count=1', '--objects', found, '--']);
  return true;
}

/** Well below what git takes for enough: of loose objects in one of the 256 folders, and of packs. */
const WORTH_ASKING = { loose: 20, packs: 40 };

/**
 * Packs what many small fetches left, when git finds that there is enough of it; git is asked only where that may be. No
 * commit-graph with changed paths is written: it would cost seconds to speed up a question that the index answers.
 */
export async function packWhenDue(place: GitPlace, signal: AbortSignal): Promise<void> {
  const [loose, packs] = await Promise.all([
    // Names are spread evenly, so that git, too, looks into this one folder.
    countFiles(join(place.gitFolder, 'objects', '17'), ''),
    countFiles(join(place.gitFolder, 'objects', 'pack'), '.pack'),
  ]);
  if (loose < WORTH_ASKING.loose && packs < WORTH_ASKING.packs) return;
  const settings = [
    ['gc.auto', '6700'],
    ['gc.autoDetach', 'false'],
  ] as const;
  const packing = { ...place, env: withSettings(place.env, settings) };
  await runGit(packing, ['gc', '--auto', '--quiet'], { signal });
}

async function countFiles(folder: string, ending: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  return (await readdir(folder)).filter((name) => name.endsWith(ending)).length;
}
