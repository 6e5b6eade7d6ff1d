import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommitInfo, FileChange, Oid } from '../releases/release.ts';
import type { MoveFinder } from './find-moves.ts';
import type { GitPlace } from './git-environment.ts';
import { GitError } from './git-error.ts';
import { parseRawLog, RAW_LOG } from './parse-raw-log.ts';
import type { LoggedCommit } from './parse-raw-log.ts';
import { runGit, streamGit } from './run-git.ts';
import { isTreePath } from './tree-path.ts';

/** More than this in paths does not fit on a command line everywhere; everything is read and sorted out here then. */
const MOST_PATH_BYTES = 100_000;

/**
 * Changes to any of `paths` from `from` back, by one `git log` that ends when the reader has enough: see
 * `HistorySource.changes`. Throws {@link GitError} `not-on-branch`, and `shallow` where the clone's history ends.
 */
export async function* changesFromLog(
  sources: {
    readonly place: GitPlace;
    readonly head: Oid;
    readonly movesIn: MoveFinder;
    readonly commitInfo: (commit: Oid) => Promise<CommitInfo>;
  },
  paths: readonly string[],
  from: Oid,
): AsyncGenerator<FileChange, void, undefined> {
  const { place, head, movesIn, commitInfo } = sources;
  const cuts = await shallowCommits(place);
  await requireOnBranch(place, head, from, cuts);
  // By the path asked for: the path it stands at in the commits still to be read.
  const places = new Map(paths.filter(isTreePath).map((path) => [path, path]));
  let start: Oid | undefined = from;
  while (start !== undefined && places.size > 0) {
    const log = streamGit(place, [...RAW_LOG, start, '--', ...pathLimit([...places.values()])]);
    start = undefined;
    for await (const logged of parseRawLog(log)) {
      if (cuts.has(logged.commit)) throw shallowError(logged.commit);
      const files = filesOf(logged, places);
      if (files.length === 0) continue;
      yield { ...(await commitInfo(logged.commit)), files: Object.fromEntries(files) };
      const parent = logged.parents[0];
      if (parent !== undefined && (await followMoves(logged, parent, places, movesIn))) {
        start = parent;
        break;
      }
    }
  }
  if (cuts.size > 0) await requireWholeHistory(place, from, cuts);
}

/** What the commit did to the asked-for files. */
function filesOf(
  { changes }: LoggedCommit,
  places: ReadonlyMap<string, string>,
): [string, { readonly blob: Oid; readonly path: string } | null][] {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  return [...places].flatMap(([asked, path]) => {
    const change = byPath.get(path);
    if (!change) return [];
    return [[asked, change.blob === null ? null : { blob: change.blob, path }]];
  });
}

/** Notes where files that came by a move stood before; true when there was one, and the log has to change paths. */
async function followMoves(
  { commit, changes }: LoggedCommit,
  parent: Oid,
  places: Map<string, string>,
  movesIn: MoveFinder,
): Promise<boolean> {
  const added = new Set(changes.filter((change) => change.added).map(({ path }) => path));
  const asked = [...places].filter(([, path]) => added.has(path));
  if (asked.length === 0) return false;
  const moves = await movesIn(commit, parent);
  const moved = asked.filter(([, path]) => moves.has(path));
  for (const [key, path] of moved) places.set(key, moves.get(path) ?? path);
  return moved.length > 0;
}

function pathLimit(paths: readonly string[]): readonly string[] {
  const bytes = paths.reduce((sum, path) => sum + Buffer.byteLength(path) + 1, 0);
  // From the top, whatever folder git takes itself to be in; and nothing in a path means anything.
  return bytes > MOST_PATH_BYTES ? [] : paths.map((path) => `:(top,literal)${path}`);
}

async function shallowCommits(place: GitPlace): Promise<ReadonlySet<Oid>> {
  const file = await runGit(place, ['rev-parse', '--git-path', 'shallow']);
  try {
    const text = await readFile(resolve(place.gitFolder, file), 'utf8');
    return new Set(text.split('\n').filter((line) => line !== ''));
  } catch {
    return new Set();
  }
}

async function requireOnBranch(
  place: GitPlace,
  head: Oid,
  from: Oid,
  cuts: ReadonlySet<Oid>,
): Promise<void> {
  if (from === head) return;
  let last = head;
  for await (const commit of firstParents(place, head)) {
    if (commit === from) return;
    last = commit;
  }
  if (cuts.has(last)) throw shallowError(last);
  throw new GitError(
    'not-on-branch',
    `The commit ${from} is not on the first-parent history of the branch, whose newest commit is ${head}. Check out the branch that it is on, or name a commit that the branch itself went through.`,
  );
}

/** The clone may end before the asked-for files came: nothing found is then no proof that there was nothing. */
async function requireWholeHistory(
  place: GitPlace,
  from: Oid,
  cuts: ReadonlySet<Oid>,
): Promise<void> {
  for await (const commit of firstParents(place, from)) {
    if (cuts.has(commit)) throw shallowError(commit);
  }
}

async function* firstParents(place: GitPlace, from: Oid): AsyncGenerator<Oid> {
  let rest = '';
  for await (const chunk of streamGit(place, ['rev-list', '--first-parent', from, '--'])) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function shallowError(commit: Oid): GitError {
  return new GitError(
    'shallow',
    `The clone is shallow: its history ends at commit ${commit}, and what came before cannot be known. Run \`git fetch --unshallow\` and try again.`,
  );
}
