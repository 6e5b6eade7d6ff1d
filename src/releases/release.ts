import type { PinId, PinProblem, PinValue } from '../manifests/pin.ts';
import type { Instant } from '../time.ts';

/** A git object name: 40 lower-case hex digits. */
export type Oid = string;

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** A commit on the first-parent history of the default branch. */
export interface CommitInfo {
  readonly commit: Oid;
  /** Committer date: when it reached the branch, as far as git knows. */
  readonly at: Instant;
  readonly author: Person;
  readonly subject: string;
  /** The message below the subject, trailers included. */
  readonly body: string;
}

/**
 * The tuple of a target's pin values as it stood on the default branch, from the commit that brought it
 * to the commit that replaced it. The same values brought back later are a new release.
 */
export interface Release extends CommitInfo {
  /** When it was replaced, and by which commit; absent while it runs. */
  readonly until?: { readonly commit: Oid; readonly at: Instant };
  /** Every pin of the target, or empty when `problems` is not. */
  readonly values: Readonly<Record<PinId, PinValue>>;
  /** Why the pins could not be read at this commit. A release with problems is never a rollback's goal. */
  readonly problems: readonly { readonly pin: PinId; readonly problem: PinProblem }[];
}

/** A change to some of the asked-for files on the first-parent history. */
export interface FileChange extends CommitInfo {
  /** The files that changed, by the path asked for: their blob after the commit, or null when it removed them. */
  readonly files: Readonly<Record<string, { readonly blob: Oid; readonly path: string } | null>>;
}

/** Where release history comes from: a mirror's index, or a plain clone. Owned here, implemented in `git/`. */
export interface HistorySource {
  /** The newest commit of the branch. */
  head(): Promise<CommitInfo>;
  /**
   * Changes to any of `paths` on the first-parent history, newest first, from `from` (included) back.
   * A file that was moved is followed: it keeps the path asked for as its key and says where it stood in `path`.
   */
  changes(paths: readonly string[], from: Oid): AsyncIterable<FileChange>;
  /**
   * Commits on the first-parent history whose message speaks of a rollback of the target, newest first, from `from`
   * (included) back, however far: see `targetsSpokenOf`. What a message says has to be held against what its commit did.
   */
  rollbackCommits(target: string, from: Oid): AsyncIterable<CommitInfo>;
  /** The bytes of a blob. */
  blob(oid: Oid): Promise<Uint8Array>;
  /** The file as of a commit; undefined when there is none. `mode` is git's, `100644` for a plain file. */
  fileAt(
    commit: Oid,
    path: string,
  ): Promise<{ readonly blob: Oid; readonly mode: string } | undefined>;
  /** Every file below a folder as of a commit, sorted by path; none when there is no such folder. */
  filesUnder(
    commit: Oid,
    folder: string,
  ): Promise<readonly { readonly path: string; readonly blob: Oid; readonly mode: string }[]>;
}
