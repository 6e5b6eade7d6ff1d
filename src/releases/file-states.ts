import type { FileChange } from './release.ts';

/** Where a file stood and what it held, or null when there was none. */
export type FileState = FileChange['files'][string];

/** Every asked-for file as it stood after one commit that changed at least one of them. */
export interface FilesAt {
  readonly commit: FileChange;
  readonly files: ReadonlyMap<string, FileState>;
}

/**
 * Turns changes (newest first) into states (newest first): each file as it stood after each commit, whether or not
 * that commit touched it.
 *
 * A change only names the files it touched. What the others held is said by an *older* change: the newest one at or
 * before this commit that touches them. So the walk reads ahead until every file has been seen, and keeps the
 * changes it read until their own turn comes. A file that no older change names did not exist yet.
 */
export async function* fileStates(
  changes: AsyncIterable<FileChange>,
  paths: readonly string[],
): AsyncGenerator<FilesAt> {
  const source = changes[Symbol.asyncIterator]();
  const ahead: FileChange[] = [];
  let exhausted = false;

  const readOn = async (): Promise<void> => {
    const next = await source.next();
    if (next.done === true) exhausted = true;
    else ahead.push(next.value);
  };
  const stateOf = async (path: string): Promise<FileState> => {
    for (let i = 0; ; i += 1) {
      if (i === ahead.length && !exhausted) await readOn();
      const change = ahead[i];
      if (!change) return null;
      if (Object.hasOwn(change.files, path)) return change.files[path] ?? null;
    }
  };

  try {
    for (;;) {
      if (ahead.length === 0 && !exhausted) await readOn();
      const commit = ahead[0];
      if (!commit) return;
      const files = new Map<string, FileState>();
      for (const path of paths) files.set(path, await stateOf(path));
      yield { commit, files };
      ahead.shift();
    }
  } finally {
    await source.return?.();
  }
}
