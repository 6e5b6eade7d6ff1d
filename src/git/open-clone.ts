import type { CommitInfo, HistorySource, Oid } from '../releases/release.ts';
import { openCatFile } from './cat-file.ts';
import { changesFromLog } from './clone-changes.ts';
import { rollbacksFromLog } from './clone-rollbacks.ts';
import { makeMoveFinder } from './find-moves.ts';
import { personEnvironment } from './git-environment.ts';
import type { GitPlace } from './git-environment.ts';
import { errorText, GitError } from './git-error.ts';
import { readChanged, readLog, readTouched } from './read-log.ts';
import type { LogEntry, TouchedCommit } from './read-log.ts';
import { readObjects } from './read-objects.ts';
import { runGit, spawnGit } from './run-git.ts';
import { isOid } from './tree-path.ts';

/** A person's own clone, read where it is: nothing in it is ever written. */
export interface Clone extends HistorySource {
  /** The commit that a revision names (`HEAD~3`, a tag, a short name). Throws {@link GitError} `unknown-revision`. */
  resolve(rev: string): Promise<Oid>;
  /** What a commit says of itself. */
  commitInfo(commit: Oid): Promise<CommitInfo>;
  /** Commits from one back, first parents only, newest first: those whose message has one of the texts, or all. */
  log(from: Oid, texts?: readonly string[]): AsyncIterable<LogEntry>;
  /** The files that commits changed whose message has a text, against their first parents, newest first. */
  changedBy(from: Oid, text: string): AsyncIterable<TouchedCommit>;
  /**
   * What each commit from one back changed of some files, or of all in some folders, newest first; without those that
   * another one has behind it.
   */
  touched(from: Oid, paths: readonly string[], without?: Oid): AsyncIterable<TouchedCommit>;
  /** The newest commit of a branch, as the remote had it or as it stands here; undefined when there is none. */
  branch(name: string): Promise<Oid | undefined>;
  /** A commit as git keeps it, headers and signature included. */
  commitBytes(commit: Oid): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens the clone that `folder` is in, bare or not. Its branch is the one checked out, or the remote's default
 * branch where nothing is; its head is read once, here. Throws {@link GitError} `not-a-repository`, `no-commits`.
 */
export async function openClone(folder: string): Promise<Clone> {
  const place = await findRepository(folder);
  const head = (await tryResolve(place, 'HEAD')) ?? (await tryResolve(place, 'origin/HEAD'));
  if (head === undefined) {
    throw new GitError(
      'no-commits',
      `The repository ${folder} has no commit yet: neither HEAD nor origin/HEAD names one. Fetch or check out the default branch.`,
    );
  }
  const catFile = openCatFile(() => spawnGit(place, ['cat-file', '--batch']));
  const objects = readObjects(catFile);
  const movesIn = makeMoveFinder(place);
  return {
    head: async () => await objects.commitInfo(head),
    changes: (paths, from) =>
      changesFromLog(
        { place, head, movesIn, commitInfo: (oid) => objects.commitInfo(oid) },
        paths,
        from,
      ),
    rollbackCommits: (target, from) =>
      rollbacksFromLog({ place, commitInfo: (oid) => objects.commitInfo(oid) }, target, from),
    commitInfo: (commit) => objects.commitInfo(commit),
    blob: (oid) => objects.blob(oid),
    fileAt: (commit, path) => objects.fileAt(commit, path),
    filesUnder: (commit, folder) => objects.filesUnder(commit, folder),
    log: (from, texts) => readLog(place, from, texts),
    changedBy: (from, text) => readChanged(place, from, text),
    touched: (from, paths, without) => readTouched(place, from, paths, without),
    branch: async (name) =>
      (await tryResolve(place, `refs/remotes/origin/${name}`)) ??
      (await tryResolve(place, `refs/heads/${name}`)),
    commitBytes: async (commit) => (await catFile.read(commit)).bytes,
    async resolve(rev) {
      const oid = await tryResolve(place, rev);
      if (oid !== undefined) return oid;
      throw new GitError(
        'unknown-revision',
        `The repository ${folder} has no commit ${JSON.stringify(rev)}. Name a commit, a branch or a tag that \`git log\` there knows, or fetch it first.`,
      );
    },
    close: async () => await catFile.close(),
  };
}

async function findRepository(folder: string): Promise<GitPlace> {
  try {
    const anywhere = { gitFolder: folder, env: personEnvironment(process.env) };
    const gitFolder = await runGit(anywhere, ['rev-parse', '--absolute-git-dir']);
    const format = await runGit(anywhere, ['rev-parse', '--show-object-format']);
    if (format !== 'sha1') {
      throw new GitError(
        'not-a-repository',
        `The repository ${folder} names its objects by ${format}; only sha1 is supported, as at GitHub.`,
      );
    }
    return { gitFolder, env: personEnvironment(process.env, gitFolder) };
  } catch (error) {
    if (error instanceof GitError && error.code === 'not-a-repository') throw error;
    const words = errorText(error instanceof GitError && error.cause ? error.cause : error);
    throw new GitError(
      'not-a-repository',
      words.includes('dubious ownership')
        ? `git does not read ${folder} because it belongs to another user. Run \`git config --global --add safe.directory ${folder}\` if you trust it.`
        : `There is no git repository at ${folder}. Name the folder of a clone of the manifests repository.`,
      { cause: error },
    );
  }
}

async function tryResolve(place: GitPlace, rev: string): Promise<Oid | undefined> {
  if (rev.includes('\0')) return undefined;
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`];
    const oid = await runGit(place, args);
    // A range is printed as several.
    return isOid(oid) ? oid : undefined;
  } catch {
    return undefined;
  }
}
