import type { Oid } from '../releases/release.ts';
import { makeChangeIndex } from './change-index.ts';
import type { ChangeIndex } from './change-index.ts';
import { errorText } from './git-error.ts';
import type { GitPlace } from './git-environment.ts';
import { updateHistoryIndex } from './history-index.ts';
import { readIndexFile, writeIndexFile } from './index-file.ts';

/** Reading so many new commits takes a tenth of a second: not worth writing the whole file more often. */
const SAVE_AFTER_COMMITS = 500;

/** The index of a mirror, in memory and on the disk beside it. */
export interface KeptIndex {
  /** Undefined until it was loaded or built. */
  current(): ChangeIndex | undefined;
  /** Takes the index on the disk, brought up to `head`; builds it when the file is of no use. */
  load(head: Oid): Promise<void>;
  /** Brings the index up to `head`. */
  update(head: Oid): Promise<void>;
  /** Writes what is not yet on the disk. A failure is told and costs the next start some seconds, no more. */
  save(): Promise<void>;
}

/** Makes a {@link KeptIndex} for one repository and one file. */
export function keepIndex(
  place: GitPlace,
  file: string,
  notice: (sentence: string) => void,
): KeptIndex {
  let index: ChangeIndex | undefined;
  let saved: { readonly index: ChangeIndex; readonly commits: number } | undefined;

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

  return {
    current: () => index,
    async load(head) {
      const snapshot = await readIndexFile(file);
      if (snapshot) {
        index = makeChangeIndex(snapshot);
        saved = { index, commits: index.commits };
      }
      await update(head);
    },
    update,
    save,
  };
}
