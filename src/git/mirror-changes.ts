import type { CommitInfo, FileChange, Oid } from '../releases/release.ts';
import type { ChangeIndex, PathChange } from './change-index.ts';
import type { MoveFinder } from './find-moves.ts';
import { GitError } from './git-error.ts';

/** Where the history of one asked-for file is being read. */
interface Track {
  readonly asked: string;
  path: string;
  changes: Iterator<PathChange>;
  next: PathChange | undefined;
}

/**
 * Changes to any of `paths` from `from` back, out of the index: see `HistorySource.changes`.
 * Its cost depends on how far the reader goes, not on the length of the history.
 */
export async function* changesFromIndex(
  sources: {
    readonly index: ChangeIndex;
    readonly movesIn: MoveFinder;
    readonly commitInfo: (commit: Oid) => Promise<CommitInfo>;
  },
  paths: readonly string[],
  from: Oid,
): AsyncGenerator<FileChange, void, undefined> {
  const { index, movesIn, commitInfo } = sources;
  const start = requirePosition(index, from);
  const tracks = [...new Set(paths)].map((path) => startTrack(path, path, start));

  function startTrack(asked: string, path: string, at: number): Track {
    const changes = index.changesOf(path, at)[Symbol.iterator]();
    return { asked, path, changes, next: take(changes) };
  }

  async function placeBefore(track: Track, { position, added }: PathChange): Promise<string> {
    const [commit, parent] = [index.commitAt(position), index.commitAt(position - 1)];
    const moved = added && parent !== undefined && index.removesFiles(position);
    if (!moved || commit === undefined) return track.path;
    return (await movesIn(commit, parent)).get(track.path) ?? track.path;
  }

  for (;;) {
    const position = tracks.reduce(
      (newest, { next }) => Math.max(newest, next?.position ?? -1),
      -1,
    );
    const commit = position < 0 ? undefined : index.commitAt(position);
    if (commit === undefined) return;
    const touched = tracks.filter(({ next }) => next?.position === position);
    const files = touched.map(({ asked, path, next }) => [
      asked,
      next?.blob == null ? null : { blob: next.blob, path },
    ]);
    yield { ...(await commitInfo(commit)), files: Object.fromEntries(files) };
    for (const track of touched) {
      if (!track.next) continue;
      const before = await placeBefore(track, track.next);
      if (before === track.path) track.next = take(track.changes);
      else Object.assign(track, startTrack(track.asked, before, position - 1));
    }
  }
}

/** See `HistorySource.rollbackCommits`. */
export async function* rollbacksFromIndex(
  sources: {
    readonly index: ChangeIndex;
    readonly commitInfo: (commit: Oid) => Promise<CommitInfo>;
  },
  target: string,
  from: Oid,
): AsyncGenerator<CommitInfo, void, undefined> {
  const { index, commitInfo } = sources;
  for (const position of index.rollbacksOf(target, requirePosition(index, from))) {
    const commit = index.commitAt(position);
    if (commit !== undefined) yield await commitInfo(commit);
  }
}

function requirePosition(index: ChangeIndex, commit: Oid): number {
  const position = index.positionOf(commit);
  if (position !== undefined) return position;
  throw new GitError(
    'not-on-branch',
    `The commit ${commit} is not on the first-parent history of the branch, whose newest commit is ${index.head() ?? 'unknown'}. Fetch if it is newer, or name a commit that the branch itself went through.`,
  );
}

function take(changes: Iterator<PathChange>): PathChange | undefined {
  const step = changes.next();
  return step.done ? undefined : step.value;
}
