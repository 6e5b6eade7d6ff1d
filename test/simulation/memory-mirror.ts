import type { Life } from '../../fixtures/process/effect.ts';
import { inMemory } from '../../fixtures/hub/git/memory/registry.ts';
import type { MemoryHistory } from '../../fixtures/hub/git/memory/memory-history.ts';
import type { HubRepository } from '../../fixtures/hub/api/repository.ts';
import { GitError } from '../../src/git/git-error.ts';
import type { Mirror, MirrorOptions } from '../../src/git/open-mirror.ts';
import { readMessage } from '../../src/git/read-commit.ts';
import type { CommitInfo, FileChange, Oid } from '../../src/releases/release.ts';
import { targetsSpokenOf } from '../../src/releases/spoken-of.ts';

/** What can go wrong with a transfer. */
export interface GitTrouble {
  /** Answers whether this transfer fails, and takes note of it. */
  fails(): boolean;
}

/**
 * A mirror that looks into the hub's memory instead of fetching: it knows the branch as of its last fetch, asks for a
 * token with each, and a process can die before and after it. What git itself does is shown by the tests of `src/git`.
 */
export async function openMemoryMirror(
  options: MirrorOptions,
  repository: HubRepository,
  life: Life,
  trouble: GitTrouble,
): Promise<Mirror> {
  const place = inMemory(repository.dir);
  if (!place) throw new Error(`${repository.dir} is not in memory.`);
  const { history, objects } = place;
  let head: Oid | undefined;
  let own: Oid | undefined;
  let closed = false;

  const transfer = async (): Promise<Oid> => {
    if (closed) throw new GitError('closed', 'The mirror was closed.');
    await options.remote();
    const dead = new GitError('unreachable', 'This process is dead.');
    if (!(await life.survives({ of: 'git', name: 'fetch', changes: false, phase: 'before' })))
      throw dead;
    if (trouble.fails()) throw new GitError('unreachable', 'The remote could not be reached.');
    const found = repository.head(options.branch);
    own = options.own === undefined ? undefined : repository.head(options.own);
    if (!(await life.survives({ of: 'git', name: 'fetch', changes: false, phase: 'after' })))
      throw dead;
    if (found === undefined) throw new GitError('branch-missing', 'The branch is gone.');
    return found;
  };
  head = await transfer();
  const at = (): Oid => {
    if (closed || head === undefined) throw new GitError('closed', 'The mirror was closed.');
    return head;
  };
  return {
    cloned: true,
    head: () => Promise.resolve(infoOf(history, at())),
    changes: (paths, from) => changesOf(history, paths, from),
    rollbackCommits: (target, from) => rollbacksOf(history, target, from),
    blob: (oid) => Promise.resolve(objects.get(oid)?.content ?? Buffer.alloc(0)),
    fileAt(commit, path) {
      const file = history.filesOf(commit).get(path);
      return Promise.resolve(file && { blob: file.oid, mode: file.mode });
    },
    filesUnder(commit, folder) {
      const files = [...history.filesOf(commit)].filter(([path]) => path.startsWith(`${folder}/`));
      return Promise.resolve(files.map(([path, { oid, mode }]) => ({ path, blob: oid, mode })));
    },
    async fetch() {
      const before = at();
      const after = await transfer();
      head = after;
      return { before, after, changed: before !== after };
    },
    ownHead: () => own,
    expectOwn: () => undefined,
    isAfter(commit, earlier) {
      const all = [...firstParents(history, at())];
      const [place, first] = [all.indexOf(commit), all.indexOf(earlier)];
      return place >= 0 && first >= place;
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

function infoOf(history: MemoryHistory, commit: Oid): CommitInfo {
  const { author, committer, message } = history.commit(commit);
  const { name, email } = author;
  return { commit, at: committer.at, author: { name, email }, ...readMessage(message) };
}

function* firstParents(history: MemoryHistory, from: Oid): Generator<Oid> {
  for (let next: Oid | undefined = from; next !== undefined;) {
    yield next;
    next = history.commit(next).parents[0];
  }
}

async function* changesOf(
  history: MemoryHistory,
  paths: readonly string[],
  from: Oid,
): AsyncGenerator<FileChange> {
  for (const commit of firstParents(history, from)) {
    const [parent] = history.commit(commit).parents;
    const before = parent === undefined ? undefined : history.filesOf(parent);
    const after = history.filesOf(commit);
    const files = paths.flatMap((path) => {
      const file = after.get(path);
      if (before?.get(path)?.oid === file?.oid) return [];
      return [[path, file ? { blob: file.oid, path } : null] as const];
    });
    if (files.length === 0) continue;
    // A reader may stop at any one, and others get on meanwhile.
    await Promise.resolve();
    yield { ...infoOf(history, commit), files: Object.fromEntries(files) };
  }
}

async function* rollbacksOf(
  history: MemoryHistory,
  target: string,
  from: Oid,
): AsyncGenerator<CommitInfo> {
  for (const commit of firstParents(history, from)) {
    if (!targetsSpokenOf(history.commit(commit).message).includes(target)) continue;
    await Promise.resolve();
    yield infoOf(history, commit);
  }
}
