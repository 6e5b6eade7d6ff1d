import { createHash } from 'node:crypto';
import type { CommitInfo, FileChange, HistorySource, Oid } from './release.ts';
import { targetsSpokenOf } from './spoken-of.ts';

/** A commit for tests: what it says and which files it writes; null removes one. */
export interface WrittenCommit extends Partial<CommitInfo> {
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  /** Where a file stood at this commit, if it was moved since. */
  readonly moved?: Readonly<Record<string, string>>;
}

/** A linear history in memory, oldest commit first, that remembers which blobs were read. */
export class HistoryInMemory implements HistorySource {
  readonly blobsRead: Oid[] = [];
  /** Oldest first. */
  readonly commits: readonly (CommitInfo & Pick<WrittenCommit, 'files' | 'moved'>)[];
  readonly #blobs = new Map<Oid, Uint8Array>();

  constructor(commits: readonly WrittenCommit[]) {
    this.commits = commits.map((commit, i) => ({
      commit: oid(`commit ${i}`),
      at: i * 1_000,
      author: { name: 'Ann', email: 'ann@acme.example' },
      subject: `Commit ${i}`,
      body: '',
      ...commit,
    }));
    for (const { files } of commits) {
      for (const contents of Object.values(files)) {
        if (contents !== null) this.#blobs.set(oid(contents), bytesOf(contents));
      }
    }
  }

  head(): Promise<CommitInfo> {
    const head = this.commits.at(-1);
    return head ? Promise.resolve(head) : Promise.reject(new Error('The history is empty.'));
  }

  async *changes(paths: readonly string[], from: Oid): AsyncGenerator<FileChange> {
    const end = this.commits.findIndex(({ commit }) => commit === from);
    for (const commit of this.commits.slice(0, end + 1).reverse()) {
      const touched = paths.filter((path) => commit.files[path] !== undefined);
      if (touched.length === 0) continue;
      const { files, moved, ...info } = commit;
      await Promise.resolve();
      yield {
        ...info,
        files: Object.fromEntries(
          touched.map((path) => {
            const contents = files[path];
            return [
              path,
              contents == null ? null : { blob: oid(contents), path: moved?.[path] ?? path },
            ];
          }),
        ),
      };
    }
  }

  async *rollbackCommits(target: string, from: Oid): AsyncGenerator<CommitInfo> {
    const end = this.commits.findIndex(({ commit }) => commit === from);
    for (const commit of this.commits.slice(0, end + 1).reverse()) {
      await Promise.resolve();
      const { subject, body } = commit;
      if (targetsSpokenOf(`${subject}\n\n${body}`).includes(target)) yield commit;
    }
  }

  blob(blob: Oid): Promise<Uint8Array> {
    this.blobsRead.push(blob);
    const bytes = this.#blobs.get(blob);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`There is no blob ${blob}.`));
  }

  fileAt(commit: Oid, path: string): Promise<{ blob: Oid; mode: string } | undefined> {
    const end = this.commits.findIndex((candidate) => candidate.commit === commit);
    const newest = this.commits.slice(0, end + 1).findLast(({ files }) => files[path] !== undefined)
      ?.files[path];
    return Promise.resolve(newest == null ? undefined : { blob: oid(newest), mode: '100644' });
  }

  async filesUnder(
    commit: Oid,
    folder: string,
  ): Promise<{ path: string; blob: Oid; mode: string }[]> {
    const paths = new Set(this.commits.flatMap(({ files }) => Object.keys(files)));
    const found: { path: string; blob: Oid; mode: string }[] = [];
    for (const path of [...paths].filter((path) => path.startsWith(`${folder}/`)).sort()) {
      const file = await this.fileAt(commit, path);
      if (file) found.push({ path, ...file });
    }
    return found;
  }
}

/** A name for a text, as git's blobs and commits have one: equal texts, equal names. */
export function oid(contents: string | Uint8Array): Oid {
  return createHash('sha1').update(contents).digest('hex');
}

function bytesOf(contents: string | Uint8Array): Uint8Array {
  return typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
}
