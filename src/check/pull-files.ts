import type { Oid } from '../releases/release.ts';
import type { Repository } from '../rollback/forge.ts';

/** A file that a pull request changes. `blob` is undefined when it removes it. */
export interface ChangedFile {
  readonly path: string;
  readonly blob: Oid | undefined;
}

/** What a head changes, as far as GitHub shows it. A file that was moved is two changes. */
export interface ChangedFiles {
  readonly files: readonly ChangedFile[];
  /** False when there are more than GitHub shows (GitHub reality 25). */
  readonly complete: boolean;
  /** Where the head left its base. */
  readonly start: Oid;
}

/** An open pull request, as a list of them shows it. */
export interface OpenPull {
  readonly number: number;
  /** One of a fork has `fork:` before it. */
  readonly branch: string;
  /** What it changes, as far as the list shows it. A file that was moved has its new path only. */
  readonly paths: readonly string[];
  /** False when it changes more. */
  readonly complete: boolean;
}

/** What the check reads of a pull request at GitHub: implemented in `github/`, and nowhere else. */
export interface PullFiles {
  /**
   * What `head` changes against the place where it left `base`. By commits, not by the number of a pull request:
   * somebody could push another head between two questions.
   */
  changed(
    repository: Repository,
    range: { readonly base: Oid; readonly head: Oid },
  ): Promise<ChangedFiles>;
  /** The newest open pull requests to the default branch, at most `most` (at most 100), by one request. */
  open(repository: Repository, most: number): Promise<readonly OpenPull[]>;
  /** Undefined where that is no blob: a submodule stands there, or nothing any more. */
  blob(repository: Repository, blob: Oid): Promise<Uint8Array | undefined>;
  /** The blob of a file as of a commit; undefined when there is none. */
  blobAt(repository: Repository, commit: Oid, path: string): Promise<Oid | undefined>;
}
