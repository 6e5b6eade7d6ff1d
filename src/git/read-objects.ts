import type { CommitInfo, HistorySource, Oid } from '../releases/release.ts';
import type { CatFile } from './cat-file.ts';
import { GitError } from './git-error.ts';
import { makeLru } from './lru.ts';
import { readCommit } from './read-commit.ts';
import type { RawCommit } from './read-commit.ts';
import { isFileMode, readTree } from './read-tree.ts';
import type { TreeEntry } from './read-tree.ts';
import { isTreePath } from './tree-path.ts';

/** The parts of a history source that read single objects: the same for a mirror and for a plain clone. */
export interface ObjectReader extends Pick<HistorySource, 'blob' | 'fileAt' | 'filesUnder'> {
  /** What a commit says. Throws {@link GitError} `unknown-revision` when the name is not a commit's. */
  commit(oid: Oid): Promise<RawCommit>;
  commitInfo(oid: Oid): Promise<CommitInfo>;
}

/** A folder with more files than this is a mistake or an attack (a few objects can spell out billions of files). */
const MAX_FILES = 200_000;

/** So many folders are read at once: what one of them holds may be there only to fill the memory. */
const AT_ONCE = 16;

/** A longer message is read again each time rather than kept. */
const KEPT_MESSAGE = 16_384;

/** Makes an {@link ObjectReader} on top of `git cat-file`. Paths are walked here, so none ever reaches git. */
export function readObjects(catFile: CatFile): ObjectReader {
  const commits = makeLru<RawCommit>(2_000);

  async function commit(oid: Oid): Promise<RawCommit> {
    const known = commits.get(oid);
    if (known) return known;
    const bytes = await readAs(oid, 'commit');
    const read = readCommit(oid, bytes);
    if (bytes.length <= KEPT_MESSAGE) commits.set(oid, read);
    return read;
  }

  async function readAs(oid: Oid, type: 'commit' | 'tree' | 'blob'): Promise<Uint8Array> {
    const object = await catFile.read(oid);
    if (object.type === type) return object.bytes;
    throw new GitError(
      'unknown-revision',
      `The object ${oid} is a ${object.type}; a ${type} was expected.`,
    );
  }

  async function entryAt(root: Oid, path: string): Promise<TreeEntry | undefined> {
    let entry: TreeEntry | undefined = { name: '', mode: '040000', oid: root };
    for (const part of path.split('/')) {
      if (entry.mode !== '040000') return undefined;
      const tree: readonly TreeEntry[] = readTree(await readAs(entry.oid, 'tree'));
      entry = tree.find(({ name }) => name === part);
      if (!entry) return undefined;
    }
    return entry;
  }

  return {
    commit,
    commitInfo: async (oid) => (await commit(oid)).info,
    blob: async (oid) => await readAs(oid, 'blob'),
    async fileAt(at, path) {
      const { tree } = await commit(at);
      if (!isTreePath(path)) return undefined;
      const entry = await entryAt(tree, path);
      return entry && isFileMode(entry.mode) ? { blob: entry.oid, mode: entry.mode } : undefined;
    },
    async filesUnder(at, folder) {
      const { tree } = await commit(at);
      const path = folder.replace(/\/+$/, '');
      if (path !== '' && !isTreePath(path)) return [];
      const top = path === '' ? { mode: '040000', oid: tree } : await entryAt(tree, path);
      if (top?.mode !== '040000') return [];
      const files: { readonly path: string; readonly blob: Oid; readonly mode: string }[] = [];
      let level = [{ oid: top.oid, prefix: path === '' ? '' : `${path}/` }];
      while (level.length > 0) {
        const below: typeof level = [];
        for (let first = 0; first < level.length; first += AT_ONCE) {
          const trees = await Promise.all(
            level.slice(first, first + AT_ONCE).map(async ({ oid, prefix }) => ({
              prefix,
              entries: readTree(await readAs(oid, 'tree'), MAX_FILES + 1),
            })),
          );
          for (const { prefix, entries } of trees) {
            for (const { name, mode, oid } of entries) {
              if (isFileMode(mode)) files.push({ path: prefix + name, blob: oid, mode });
              else if (mode === '040000') below.push({ oid, prefix: `${prefix}${name}/` });
            }
          }
          if (files.length + below.length > MAX_FILES) {
            throw new GitError(
              'too-big',
              `The folder ${JSON.stringify(folder)} holds more than ${MAX_FILES} files at commit ${at}. Name a smaller folder.`,
            );
          }
        }
        level = below;
      }
      return files.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}
