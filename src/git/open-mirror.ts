/**
 * A bare mirror of one manifests repository on this disk, with an index of its history.
 *
 * Races and what holds in spite of them:
 * - Two callers fetch at once: one fetch at a time; a caller never gets the answer of a fetch begun before its call.
 * - A reader reads while a fetch runs: it reads the history as it was; the new one is put in place in one step.
 * - The process dies at any moment: the next opening finds the last whole state, or clones again.
 * - Two processes open one folder: the second is refused.
 * - The branch is pushed over, renamed, or the folder is damaged: noticed, reported by `notice`, and mended by
 *   rebuilding the index, following the new name, or cloning again.
 */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { HistorySource, Oid } from '../releases/release.ts';
import { openCatFile } from './cat-file.ts';
import type { ChangeIndex } from './change-index.ts';
import { fetchBranch, MIRROR_REF } from './fetch-branch.ts';
import type { Remote } from './fetch-branch.ts';
import { makeMoveFinder } from './find-moves.ts';
import { lockFolder } from './folder-lock.ts';
import { mirrorPlace } from './git-environment.ts';
import { errorText, GitError } from './git-error.ts';
import { joinUnstarted } from './join-unstarted.ts';
import { keepIndex } from './keep-index.ts';
import { changesFromIndex } from './mirror-changes.ts';
import {
  initRepository,
  inspectMirror,
  mirrorFolder,
  packWhenDue,
  readRef,
  swapIn,
} from './mirror-folder.ts';
import { readObjects } from './read-objects.ts';
import { removeStaleLocks } from './remove-stale-locks.ts';
import { runGit, spawnGit } from './run-git.ts';

/** What a fetch found. `before` is absent when nothing was known before. */
export interface Fetched {
  readonly before?: Oid;
  readonly after: Oid;
  readonly changed: boolean;
}

export interface Mirror extends HistorySource {
  /** Brings the mirror up to the remote, as of this call or later. Throws {@link GitError}; tries a refused token's successor once. */
  fetch(): Promise<Fetched>;
  /** Stops what runs, saves the index and gives the folder free. */
  close(): Promise<void>;
}

export interface MirrorOptions {
  /** The folder of the mirror, made if need be; nothing else may be in it. */
  readonly folder: string;
  /** Asked with every fetch, and once more when the token is refused. */
  readonly remote: () => Promise<Remote>;
  /** The default branch. When the remote no longer has it, its new default branch is followed. */
  readonly branch: string;
  /** Told in a sentence what an operator should know: cloned again, history pushed over, branch renamed. */
  readonly notice?: (sentence: string) => void;
  /** Also fetch from a folder on this machine: for tests, a bench and offline use. */
  readonly allowLocal?: boolean;
}

/** Opens a mirror, and clones the repository first when the folder holds no usable one. */
export async function openMirror(options: MirrorOptions): Promise<Mirror> {
  const at = mirrorFolder(resolve(options.folder));
  await mkdir(at.folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(at.folder, at.lockFile);
  const notice = options.notice ?? (() => {});
  const protocols = options.allowLocal === true ? 'http:https:file' : 'http:https';
  const place = mirrorPlace(at.gitFolder, protocols, process.env);
  const stop = new AbortController();
  const catFile = openCatFile(() => spawnGit(place, ['cat-file', '--batch']));
  const objects = readObjects(catFile);
  const movesIn = makeMoveFinder(place);
  const kept = keepIndex(place, at.indexFile, notice);
  let branch = options.branch;
  let suspect = false;
  let tidying: Promise<void> | undefined;

  async function cloneAgain(): Promise<void> {
    const incoming = mirrorPlace(at.incoming, protocols, process.env);
    await initRepository(incoming);
    branch = await fetchBranch(incoming, options.remote, branch, stop.signal);
    await tidying;
    await swapIn(at);
    await catFile.restart();
    suspect = false;
  }

  async function fetchOrMend(): Promise<void> {
    try {
      if (suspect) await runGit(place, ['fsck', '--connectivity-only'], { signal: stop.signal });
      suspect = false;
      const found = await fetchBranch(place, options.remote, branch, stop.signal);
      if (found !== branch) notice(`The branch ${branch} is gone; its place took ${found}.`);
      branch = found;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (error.code === 'busy') {
        await tidying;
        await removeStaleLocks(at.gitFolder);
        branch = await fetchBranch(place, options.remote, branch, stop.signal);
      } else if (error.code === 'damaged' || suspect) {
        notice(`The mirror ${at.folder} is cloned again: ${errorText(error)}`);
        await cloneAgain();
      } else throw error;
    }
  }

  async function refresh(): Promise<Fetched> {
    if (stop.signal.aborted) throw closedError();
    const before = kept.current()?.head();
    try {
      await fetchOrMend();
    } catch (error) {
      throw stop.signal.aborted ? closedError() : error;
    }
    const after = await readRef(place, MIRROR_REF);
    if (after === undefined) throw new GitError('damaged', 'The mirror has lost its branch.');
    await watch(kept.update(after));
    const changed = before !== after;
    if (changed) tidy();
    return { ...(before === undefined ? {} : { before }), after, changed };
  }

  /** Beside everything else: git's readers and writers work on while it packs. */
  function tidy(): void {
    tidying ??= packWhenDue(place, stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) notice(`The mirror could not be packed: ${errorText(error)}`);
      })
      .finally(() => {
        tidying = undefined;
      });
  }

  /** An object that should be there and is not: the next fetch looks at the whole repository. */
  function watch<T>(read: Promise<T>): Promise<T> {
    return read.catch((error: unknown) => {
      if (error instanceof GitError && ['missing-object', 'damaged'].includes(error.code)) {
        suspect = true;
      }
      throw error;
    });
  }

  function currentIndex(): ChangeIndex {
    const index = kept.current();
    if (stop.signal.aborted || !index) throw closedError();
    return index;
  }

  const fetch = joinUnstarted(refresh);

  async function close(): Promise<void> {
    if (stop.signal.aborted) return;
    stop.abort();
    // A fetch asked for now only waits for the one that runs, and is refused.
    await Promise.allSettled([fetch(), tidying]);
    await catFile.close();
    await kept.save();
    lock.release();
  }

  try {
    await openOrClone();
  } catch (error) {
    await close();
    throw error;
  }

  async function openOrClone(): Promise<void> {
    try {
      await removeStaleLocks(at.gitFolder);
      const head = await inspectMirror(place, MIRROR_REF);
      if (head !== undefined) {
        await kept.load(head);
        return;
      }
    } catch (error) {
      notice(`The mirror ${at.folder} is cloned again: ${errorText(error)}`);
    }
    await cloneAgain();
    const head = await readRef(place, MIRROR_REF);
    if (head !== undefined) await kept.update(head);
  }

  return {
    head: async () => await watch(objects.commitInfo(currentIndex().head() ?? '')),
    changes: (paths, from) =>
      changesFromIndex(
        { index: currentIndex(), movesIn, commitInfo: (oid) => watch(objects.commitInfo(oid)) },
        paths,
        from,
      ),
    blob: (oid) => watch(objects.blob(oid)),
    fileAt: (commit, path) => watch(objects.fileAt(commit, path)),
    filesUnder: (commit, folder) => watch(objects.filesUnder(commit, folder)),
    fetch,
    close,
  };
}

function closedError(): GitError {
  return new GitError('closed', 'The mirror was closed.');
}
