import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Oid } from '../releases/release.ts';
import { MIRROR_REF } from './fetch-branch.ts';
import { mirrorPlace } from './git-environment.ts';
import { GitError } from './git-error.ts';
import { mirrorFolder } from './mirror-folder.ts';
import { runGit } from './run-git.ts';

/** What there is to see of a mirror from outside. */
export interface SeenMirror {
  /** The newest commit that it has. */
  readonly head: Oid;
  readonly bytes: number;
}

/**
 * Looks at a mirror that may be in use by another process: takes no lock and writes nothing. Undefined when there is
 * none. Throws {@link GitError} when it is damaged.
 */
export async function inspectMirror(folder: string): Promise<SeenMirror | undefined> {
  const { gitFolder } = mirrorFolder(resolve(folder));
  if (!existsSync(gitFolder)) return undefined;
  const place = mirrorPlace(gitFolder, 'http:https', process.env);
  const head = await runGit(place, ['for-each-ref', '--format=%(objectname)', '--', MIRROR_REF]);
  if (head === '') throw new GitError('damaged', 'The mirror has lost its branch.');
  return { head, bytes: await sizeOf(resolve(folder)) };
}

/**
 * How many commits of the first-parent history a mirror that is up to date has after `head`; undefined when `head` is
 * not on its branch.
 */
export async function commitsAfter(folder: string, head: Oid): Promise<number | undefined> {
  const { gitFolder } = mirrorFolder(resolve(folder));
  const place = mirrorPlace(gitFolder, 'http:https', process.env);
  const count = (range: string): Promise<string> =>
    runGit(place, ['rev-list', '--count', '--first-parent', range, '--']);
  try {
    if ((await count(`${MIRROR_REF}..${head}`)) !== '0') return undefined;
    return Number(await count(`${head}..${MIRROR_REF}`));
  } catch (error) {
    // It was pushed over: the commit is not there at all.
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** The bytes of all files below a folder. Files that go while it looks count as nothing. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        try {
          return (await stat(join(parentPath, name))).size;
        } catch {
          return 0;
        }
      }),
  );
  return sizes.reduce((a, b) => a + b, 0);
}
