import { resolve } from 'node:path';
import { GitError, type GitErrorCode } from '../git/git-error.ts';
import { openClone, type Clone } from '../git/open-clone.ts';
import type { Oid } from '../releases/release.ts';
import type { Instant } from '../time.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** The options that every command has. */
export interface RepositoryOptions {
  readonly repo: string;
  readonly policy?: string;
  readonly at?: string;
  readonly json?: boolean;
}

/** A clone opened at the commit that the person asked for. */
export interface AtCommit {
  readonly clone: Clone;
  readonly commit: Oid;
  /**
   * The moment that counts as now. With `--at` that of the commit itself, so that "as of then" is the same answer
   * whenever it is asked for; else the time on the clock.
   */
  readonly now: Instant;
}

/** What a person can mend by typing something else. */
const TYPED: ReadonlySet<GitErrorCode> = new Set(['unknown-revision', 'not-on-branch']);

/** Opens the clone, does the work, closes it; turns what git says into the command's own failure. */
export async function withClone<T>(
  options: RepositoryOptions,
  clock: Instant,
  work: (at: AtCommit) => Promise<T>,
): Promise<T> {
  let clone: Clone | undefined;
  try {
    clone = await openClone(resolve(options.repo));
    if (options.at === undefined) {
      const { commit } = await clone.head();
      return await work({ clone, commit, now: clock });
    }
    const commit = await clone.resolve(options.at);
    const { at } = await clone.commitInfo(commit);
    return await work({ clone, commit, now: at });
  } catch (error) {
    throw ofCommand(error);
  } finally {
    await clone?.close();
  }
}

/** What git says as the command's own failure; anything else as it is. */
export function ofCommand(error: unknown): unknown {
  if (!(error instanceof GitError)) return error;
  return new CommandFailed(TYPED.has(error.code) ? EXIT.usage : EXIT.unreadable, error.message);
}
