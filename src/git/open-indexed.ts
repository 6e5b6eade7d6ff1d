import { resolve } from 'node:path';
import type { HistorySource, Oid } from '../releases/release.ts';
import { openCatFile } from './cat-file.ts';
import type { ChangeIndex } from './change-index.ts';
import { makeMoveFinder } from './find-moves.ts';
import { mirrorPlace } from './git-environment.ts';
import type { GitPlace } from './git-environment.ts';
import { GitError } from './git-error.ts';
import { keepIndex } from './keep-index.ts';
import { changesFromIndex, rollbacksFromIndex } from './mirror-changes.ts';
import { readObjects } from './read-objects.ts';
import { spawnGit } from './run-git.ts';

/** A bare repository on this disk with an index of one ref's first-parent history: a mirror without its remote. */
export interface IndexedRepository extends HistorySource {
  /** The newest commit that the index knows; undefined before the first {@link update}. */
  newest(): Oid | undefined;
  /** Brings the index up to where the ref stands, and answers that. Throws {@link GitError} `damaged`. */
  update(): Promise<Oid>;
  /** Where another ref of this program's own naming stands; undefined when there is none. Throws {@link GitError}. */
  at(ref: `refs/${string}`): Promise<Oid | undefined>;
  /** Whether a read found something missing or damaged since the last {@link reopen}. */
  suspect(): boolean;
  /** To be called when the repository was replaced by another one, or was found to be whole. */
  reopen(): Promise<void>;
  /** Whether a commit is another one, or came after it, on the first-parent history; false for one that is not on it. */
  isAfter(commit: Oid, earlier: Oid): boolean;
  /** Saves the index. */
  close(): Promise<void>;
}

/** Opens a bare repository that nothing but this process changes. The index is read from `indexFile` if it can be. */
export async function openIndexed(options: {
  readonly place: GitPlace;
  readonly ref: `refs/${string}`;
  readonly indexFile: string;
  readonly notice?: (sentence: string) => void;
}): Promise<IndexedRepository> {
  const { place, ref } = options;
  const catFile = openCatFile(() => spawnGit(place, ['cat-file', '--batch']));
  const objects = readObjects(catFile);
  const movesIn = makeMoveFinder(place);
  const kept = await keepIndex(place, options.indexFile, options.notice ?? (() => {}));
  let suspect = false;
  let closed = false;

  /** An object that should be there and is not: somebody has to look at the whole repository. */
  async function watch<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (error) {
      suspect ||= error instanceof GitError && DOUBTFUL.has(error.code);
      throw error;
    }
  }

  function indexNow(): ChangeIndex {
    const index = kept.current();
    if (!closed && index) return index;
    throw new GitError('closed', 'The history was closed, or was never read.');
  }

  return {
    newest: () => kept.current()?.head(),
    async update() {
      const { oid } = await watch(catFile.readRef(ref));
      await watch(kept.update(oid));
      return oid;
    },
    async at(other) {
      try {
        return (await catFile.readRef(other)).oid;
      } catch (error) {
        if (error instanceof GitError && error.code === 'missing-object') return undefined;
        throw error;
      }
    },
    suspect: () => suspect,
    async reopen() {
      suspect = false;
      await catFile.restart();
    },
    isAfter(commit, earlier) {
      const index = kept.current();
      const [at, first] = [index?.positionOf(commit), index?.positionOf(earlier)];
      return at !== undefined && first !== undefined && at >= first;
    },
    async close() {
      closed = true;
      await catFile.close();
      await kept.save();
    },
    head: async () => await watch(objects.commitInfo(indexNow().head() ?? '')),
    changes: (paths, from) =>
      changesFromIndex(
        {
          index: indexNow(),
          movesIn: (commit, parent) => watch(movesIn(commit, parent)),
          commitInfo: (oid) => watch(objects.commitInfo(oid)),
        },
        paths,
        from,
      ),
    rollbackCommits: (target, from) =>
      rollbacksFromIndex(
        { index: indexNow(), commitInfo: (oid) => watch(objects.commitInfo(oid)) },
        target,
        from,
      ),
    blob: (oid) => watch(objects.blob(oid)),
    fileAt: (commit, path) => watch(objects.fileAt(commit, path)),
    filesUnder: (commit, folder) => watch(objects.filesUnder(commit, folder)),
  };
}

const DOUBTFUL: ReadonlySet<string> = new Set(['missing-object', 'damaged']);

/**
 * Opens the branch of a bare repository in which nothing is mirrored, to measure what a look-up costs without
 * any fetch: push to it, then time `update` and the reading of `changes` and `blob`.
 */
export async function openIndexedFolder(
  gitFolder: string,
  branch: string,
  indexFile: string,
): Promise<IndexedRepository> {
  const place = mirrorPlace(resolve(gitFolder), 'http:https', process.env);
  return await openIndexed({ place, ref: `refs/heads/${branch}`, indexFile });
}
