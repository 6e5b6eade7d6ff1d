import type { Oid } from '../releases/release.ts';
import type { Account, Repository } from '../rollback/forge.ts';
import type { Instant } from '../time.ts';

/** A commit to a branch that the App keeps for itself. */
export interface OwnCommit {
  readonly branch: string;
  /** The head that it was made for; undefined: the branch does not exist, and is begun at `from`. */
  readonly expected: Oid | undefined;
  /** Where a branch that is missing begins. */
  readonly from: Oid;
  readonly headline: string;
  readonly body: string;
  /** New contents by path; null removes a file that is there. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** What came of it. Everything but `written` changed nothing, save that a branch may have been begun. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly commit: Oid; readonly verified: boolean }
  /** Somebody else was first, or the branch is there or gone against expectation: read again and decide again. */
  | { readonly kind: 'conflict' }
  /** A rule or a missing permission forbids it: people have to act. */
  | { readonly kind: 'forbidden'; readonly message: string };

/** A commit as far as it matters for trusting it. */
export interface BranchCommit {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
  /** Where GitHub knows the account. */
  readonly author?: Account;
  readonly committer?: Account;
  /** Whether GitHub vouches for the signature of the committer. It never vouches for the author. */
  readonly verified: boolean;
  readonly at: Instant;
}

/** What a branch of the App's own needs of GitHub: implemented in `github/`, and nowhere else. */
export interface OwnBranch {
  head(repository: Repository, branch: string): Promise<Oid | undefined>;
  /** Where the branch stands, and the text of those of the files that it has there, by path. */
  read(
    repository: Repository,
    branch: string,
    paths: readonly string[],
  ): Promise<{ readonly head?: Oid; readonly files: ReadonlyMap<string, string> }>;
  /** The newest commits of the branch, newest first: a hundred, or fewer where there are fewer. */
  newest(repository: Repository, branch: string): Promise<readonly BranchCommit[]>;
  /** One signed commit, made only when the head is the expected one: compare and swap (GitHub reality 22). */
  write(repository: Repository, commit: OwnCommit): Promise<WriteOutcome>;
  /**
   * The commits of the branch that are not in `since`, oldest first. `rewritten`: `since` is not in the branch any
   * more, so somebody moved it by force, and what happened between cannot be told.
   */
  commitsSince(
    repository: Repository,
    branch: string,
    since: Oid,
  ): Promise<{ readonly rewritten: boolean; readonly commits: readonly BranchCommit[] }>;
  /** The pull requests that brought a commit to a branch, by number. */
  broughtBy(repository: Repository, commit: Oid): Promise<readonly number[]>;
}

/** The account that GitHub itself commits as. */
const GITHUB_LOGIN = 'web-flow';

/**
 * Whether the App's own API call made the commit, as far as the commit itself tells: GitHub committed and signed it,
 * its bot is the author, and it has one parent. A person can give a commit any author, but not GitHub's signature;
 * a squash merge of a pull request of the App's has both, so ask `broughtBy` too.
 */
export function isOwnCommit(commit: BranchCommit, bot: Pick<Account, 'id'>): boolean {
  return (
    commit.verified &&
    commit.committer?.login === GITHUB_LOGIN &&
    commit.author?.bot === true &&
    commit.author.id === bot.id &&
    commit.parents.length === 1
  );
}
