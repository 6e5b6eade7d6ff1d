import type { Account, Repository } from '../rollback/forge.ts';
import type { Instant } from '../time.ts';

/** An issue that is no pull request. */
export interface Issue {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly labels: readonly string[];
  readonly author: Account;
  /** The App that it was opened through, by its id. */
  readonly app?: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What a change leaves out stays as it is. */
export interface IssueChange {
  readonly title?: string;
  readonly body?: string;
  readonly state?: 'open' | 'closed';
  /** Why it is closed. Default: completed. */
  readonly reason?: 'completed' | 'not-planned';
  /** All that it then has. */
  readonly labels?: readonly string[];
}

/** What an issue per incident needs of GitHub: implemented in `github/`, and nowhere else. */
export interface Issues {
  /** Opens an issue. Title and text are shortened to what GitHub takes; labels are made when missing. */
  open(
    repository: Repository,
    issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] },
  ): Promise<Issue>;
  /** Issues with all of these labels, newest first, pull requests left out; with `since`, those changed since then. */
  list(
    repository: Repository,
    which: {
      readonly labels: readonly string[];
      readonly state: 'open' | 'closed' | 'all';
      readonly since?: Instant;
    },
  ): Promise<readonly Issue[]>;
  /** Undefined when there is none, or a pull request in its place. */
  read(repository: Repository, number: number): Promise<Issue | undefined>;
  change(repository: Repository, number: number, change: IssueChange): Promise<void>;
}
