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
import { fetchBranch, MIRROR_REF, OWN_REF } from './fetch-branch.ts';
import type { Remote } from './fetch-branch.ts';
import { lockFolder } from './folder-lock.ts';
import { mirrorPlace } from './git-environment.ts';
import type { GitPlace } from './git-environment.ts';
import { errorText, GitError } from './git-error.ts';
import { joinUnstarted } from './join-unstarted.ts';
import { checkMirror, initRepository, mirrorFolder, packWhenDue, swapIn } from './mirror-folder.ts';
import type { MirrorFolder } from './mirror-folder.ts';
import { openIndexed } from './open-indexed.ts';
import { removeStaleLocks } from './remove-stale-locks.ts';
import { runGit } from './run-git.ts';

/** What a fetch found. `before` is absent when nothing was known before. */
export interface Fetched {
  readonly before?: Oid;
  readonly after: Oid;
  readonly changed: boolean;
}

export interface Mirror extends HistorySource {
  /** Brings the mirror up to the remote, as of this call or later. Throws {@link GitError}; tries a refused token's successor once. */
  fetch(): Promise<Fetched>;
  /** Whether opening it cloned the repository, so that it is as new as that. */
  readonly cloned: boolean;
  /** The newest commit of the App's own branch, as of the last fetch; undefined when there is none. */
  ownHead(): Oid | undefined;
  /** The App's own branch may be there by now: the next fetch looks for it. */
  expectOwn(): void;
  /** Whether a commit is another one, or came after it, on the default branch; false for one that is not known here. */
  isAfter(commit: Oid, earlier: Oid): boolean;
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
  /** A branch that the App keeps for itself, fetched beside the default branch once there is one. */
  readonly own?: string;
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
  try {
    return await openLocked(at, options, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openLocked(
  at: MirrorFolder,
  options: MirrorOptions,
  release: () => void,
): Promise<Mirror> {
  const { remote, notice = () => {} } = options;
  const protocols = options.allowLocal === true ? 'http:https:file' : 'http:https';
  const place = mirrorPlace(at.gitFolder, protocols, process.env);
  const stop = new AbortController();
  let branch = options.branch;
  let packing: Promise<void> | undefined;
  let ownIsThere = options.own !== undefined;
  let ownHead: Oid | undefined;
  let cloned = false;

  async function fetchInto(into: GitPlace): Promise<void> {
    const own = ownIsThere ? options.own : undefined;
    const missing = () => (ownIsThere = false);
    const beside = own === undefined ? undefined : { branch: own, missing };
    const found = await fetchBranch(into, remote, branch, stop.signal, beside);
    if (found !== branch) notice(`The branch ${branch} is gone; ${found} took its place.`);
    branch = found;
  }

  async function cloneAgain(): Promise<void> {
    const incoming = mirrorPlace(at.incoming, protocols, process.env);
    await initRepository(incoming);
    await fetchInto(incoming);
    await packing;
    await swapIn(at);
    cloned = true;
  }

  /** Before anything else runs on the folder: nothing found there is trusted. */
  async function openOrClone(): Promise<void> {
    try {
      await removeStaleLocks(at.gitFolder);
      if (await checkMirror(place, MIRROR_REF)) return;
    } catch (error) {
      notice(`The mirror ${at.folder} is cloned again. ${errorText(error)}`);
    }
    await cloneAgain();
  }

  await openOrClone();
  const history = await openIndexed({ place, ref: MIRROR_REF, indexFile: at.indexFile, notice });

  async function readOwn(): Promise<void> {
    // What it was stays where it is: it may be all that tells what somebody deleted.
    ownHead = ownIsThere ? await history.at(OWN_REF) : undefined;
  }

  async function fetchOrMend(): Promise<void> {
    try {
      if (history.suspect()) {
        await runGit(place, ['fsck', '--connectivity-only'], { signal: stop.signal });
        await history.reopen();
      }
      await fetchInto(place);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (error.code === 'busy') {
        await packing;
        await removeStaleLocks(at.gitFolder);
        await fetchInto(place);
      } else if (error.code === 'damaged' || history.suspect()) {
        notice(`The mirror ${at.folder} is cloned again. ${errorText(error)}`);
        await cloneAgain();
        await history.reopen();
      } else throw error;
    }
  }

  async function refresh(): Promise<Fetched> {
    if (stop.signal.aborted) throw closedError();
    const before = history.newest();
    try {
      await fetchOrMend();
      await readOwn();
      const after = await history.update();
      if (before !== after) packBeside();
      return { ...(before === undefined ? {} : { before }), after, changed: before !== after };
    } catch (error) {
      throw stop.signal.aborted ? closedError() : error;
    }
  }

  /** git's readers and writers work on while it packs, so nobody waits for it. */
  function packBeside(): void {
    packing ??= packWhenDue(place, stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) notice(`The mirror could not be packed: ${errorText(error)}`);
      })
      .finally(() => {
        packing = undefined;
      });
  }

  try {
    await history.update();
  } catch (error) {
    // The history cannot be read to its end, although its newest commit can.
    notice(`The mirror ${at.folder} is cloned again. ${errorText(error)}`);
    await cloneAgain();
    await history.reopen();
    await history.update();
  }
  if (cloned) await readOwn();

  const fetch = joinUnstarted(refresh);
  return {
    cloned,
    head: () => history.head(),
    changes: (paths, from) => history.changes(paths, from),
    rollbackCommits: (target, from) => history.rollbackCommits(target, from),
    blob: (oid) => history.blob(oid),
    fileAt: (commit, path) => history.fileAt(commit, path),
    filesUnder: (commit, folder) => history.filesUnder(commit, folder),
    fetch,
    ownHead: () => ownHead,
    isAfter: (commit, earlier) => history.isAfter(commit, earlier),
    expectOwn() {
      ownIsThere = options.own !== undefined;
    },
    async close() {
      if (stop.signal.aborted) return;
      stop.abort();
      // A fetch asked for now only waits for the one that runs, and is refused.
      await Promise.allSettled([fetch(), packing]);
      await history.close();
      release();
    },
  };
}

function closedError(): GitError {
  return new GitError('closed', 'The mirror was closed.');
}
