import type { Oid } from '../releases/release.ts';
import type { PullRequest } from '../rollback/forge.ts';
import { flatten } from '../texts/escape.ts';
import { SECOND, type Milliseconds } from '../time.ts';

/** Who has to read an error to mend it: the people of the repository, those who run Lastgood, or both. */
export type Audience = 'user' | 'operator' | 'both';

export interface ErrorFacts {
  /** GitHub's HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  readonly cause?: unknown;
  readonly audience?: Audience;
}

/** Something GitHub refused or did not do. The subclasses are the cases that callers tell apart. */
export class GitHubError extends Error {
  readonly status: number | undefined;
  readonly audience: Audience;

  constructor(message: string, facts: ErrorFacts = {}) {
    super(message, { cause: facts.cause });
    this.name = new.target.name;
    this.status = facts.status;
    this.audience = facts.audience ?? 'operator';
  }
}

/** The App is not, or no longer, installed on the repository, or the installation is suspended. */
export class NotInstalled extends GitHubError {
  constructor(facts: ErrorFacts = {}) {
    super(
      'GitHub refused the App a token for this repository: it is not installed there, or the installation is ' +
        'suspended. Install the App on the repository again.',
      { audience: 'both', ...facts },
    );
  }
}

export class MissingPermission extends GitHubError {
  /** As GitHub names it, `contents=write`; absent when it does not say. */
  readonly permission: string | undefined;

  constructor(doing: string, permission?: string, facts: ErrorFacts = {}) {
    super(
      `The App may not ${doing}: its installation lacks ` +
        `${permission === undefined ? 'a permission' : `the permission ${permission}`}. ` +
        'Grant it in the settings of the App and accept it in the installation.',
      { audience: 'both', ...facts },
    );
    this.permission = permission;
  }
}

/** GitHub limits the App (GitHub reality 20). */
export class RateLimited extends GitHubError {
  /** How long to leave GitHub alone. */
  readonly after: Milliseconds;

  constructor(after: Milliseconds, facts: ErrorFacts = {}) {
    super(
      `GitHub limits the App's requests: nothing may be sent for ${Math.ceil(after / 1000)} s.`,
      facts,
    );
    this.after = after;
  }
}

/** No answer, or one that says nothing: what was asked for may have happened. */
export class GitHubDown extends GitHubError {
  /** How long to leave GitHub alone: a guess. */
  readonly after: Milliseconds = 30 * SECOND;

  constructor(doing: string, facts: ErrorFacts = {}) {
    super(
      `GitHub did not answer when asked to ${doing}` +
        `${facts.status === undefined ? '' : ` (status ${facts.status})`}.`,
      facts,
    );
  }
}

/** The repository was renamed, transferred or deleted, or its default branch is another one. */
export class RepositoryMoved extends GitHubError {
  constructor(repository: string, facts: ErrorFacts = {}) {
    super(
      `GitHub knows no repository or branch as ${repository}: it was renamed, transferred or deleted. ` +
        'Lastgood reads the list of its repositories again.',
      { audience: 'both', ...facts },
    );
  }
}

/** A person's rights could not be read, so they are denied (GitHub reality 14). */
export class CouldNotVerify extends GitHubError {
  constructor(what: string, why: string, facts: ErrorFacts = {}) {
    super(`Could not verify ${what}, so it is denied. ${why}`, {
      audience: 'both',
      ...facts,
    });
  }
}

/** The branch of a rollback has another content than the proposal's, or somebody else's pull request. It is left untouched. */
export class BranchTaken extends GitHubError {
  readonly branch: string;
  readonly head: Oid;
  /** The open pull request of the branch, if there is one. */
  readonly pull: PullRequest | undefined;

  constructor(branch: string, head: Oid, pull?: PullRequest) {
    super(
      pull?.own === false
        ? `Pull request #${pull.number} of the branch ${branch} was opened by ${flatten(pull.author.login)} and not by ` +
            'Lastgood, and was left as it is. Merge it, or close it; then the next notification of the alert opens the rollback.'
        : `The branch ${branch} stands at ${head.slice(0, 12)} with another content than this rollback's, and was left ` +
            `as it is${pull === undefined ? '' : ` (pull request #${pull.number})`}. Merge it, or delete it; then the next notification of the alert opens the rollback.`,
      { audience: 'user' },
    );
    this.branch = branch;
    this.head = head;
    this.pull = pull;
  }
}

/** GitHub shows only the first part of a list, and a decision needs all of it (GitHub reality 25). */
export class Truncated extends GitHubError {
  constructor(what: string, limit: number) {
    super(
      `GitHub shows at most ${limit} ${what} of a pull request, and this one has as many or more, so it cannot be ` +
        'checked. A person has to merge it.',
      { audience: 'user' },
    );
  }
}
