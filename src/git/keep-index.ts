import type { Oid } from '../releases/release.ts';
import { makeChangeIndex } from './change-index.ts';
import type { ChangeIndex } from './change-index.ts';
import { errorText } from './git-error.ts';
import type { GitPlace } from './git-environment.ts';
import { updateHistoryIndex } from './history-index.ts';
import { readIndexFile, writeIndexFile } from './index-file.ts';

/** Reading so many new commits takes a tenth of a second: not worth writing the whole file more often. */
const SAVE_AFTER_COMMITS = 500;

/** The index of a repository, in memory and in a file. */
export interface KeptIndex {
  /** As of the last update, or the file; undefined when there is none. */
  current(): ChangeIndex | undefined;
  /** Brings the index up to `head`. */
  update(head: Oid): Promise<void>;
  /** Writes what is not yet in the file. A failure is told and costs the next start some seconds, no more. */
  save(): Promise<void>;
}

/** Makes a {@link KeptIndex}, from the file when that can be read. */
export async function keepIndex(
  place: GitPlace,
  file: string,
  notice: (sentence: string) => void,
): Promise<KeptIndex> {
  const snapshot = await readIndexFile(file);
  let index: ChangeIndex | undefined = snapshot && makeChangeIndex(snapshot);
  let saved = index && { index, commits: index.commits };

  async function update(head: Oid): Promise<void> {
    const known = index !== undefined;
    const updated = await updateHistoryIndex(place, index, head);
    index = updated.index;
    if (updated.rebuilt && known) {
      notice(`The branch was pushed over: its history up to ${head} was read anew.`);
    }
    const unsaved = index === saved?.index ? index.commits - saved.commits : Infinity;
    if (unsaved >= SAVE_AFTER_COMMITS) await save();
  }

  async function save(): Promise<void> {
    if (!index || (saved?.index === index && saved.commits === index.commits)) return;
    const writing = { index, commits: index.commits };
    try {
      await writeIndexFile(file, index.snapshot());
      saved = writing;
    } catch (error) {
      notice(`The index of the history could not be saved in ${file}: ${errorText(error)}`);
    }
  }

  return { current: () => index, update, save };
}
