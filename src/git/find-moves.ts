import type { Oid } from '../releases/release.ts';
import type { GitPlace } from './git-environment.ts';
import { makeLru } from './lru.ts';
import { streamGit } from './run-git.ts';

/** The moves of a commit against its first parent: where each moved file stood before, by where it stands now. */
export type MoveFinder = (commit: Oid, parent: Oid) => Promise<ReadonlyMap<string, string>>;

/** git's own defaults, named so that every version and every setting gives the same answer. */
const SIMILAR = ['-M50%', '-l1000'];

/** Makes a {@link MoveFinder} that remembers the commits asked last. One git process for each new one. */
export function makeMoveFinder(place: GitPlace): MoveFinder {
  const known = makeLru<ReadonlyMap<string, string>>(500);
  return async (commit, parent) => {
    const remembered = known.get(commit);
    if (remembered) return remembered;
    const args = ['-r', '-z', '--raw', '--no-ext-diff', ...SIMILAR, '--diff-filter=R'];
    const chunks: Buffer[] = [];
    for await (const chunk of streamGit(place, ['diff-tree', ...args, parent, commit, '--'])) {
      chunks.push(chunk);
    }
    // `:<modes and blobs> R100`, the old path, the new path; and again.
    const fields = Buffer.concat(chunks).toString('utf8').split('\0');
    const moves = new Map<string, string>();
    for (let i = 0; i + 2 < fields.length; i += 3)
      moves.set(fields[i + 2] ?? '', fields[i + 1] ?? '');
    known.set(commit, moves);
    return moves;
  };
}
