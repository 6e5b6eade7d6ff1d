import type { Oid } from '../releases/release.ts';
import type { Principal, RepositoryPolicy, RepositoryRole } from '../policy/policy.ts';
import type { Report } from '../recovery/roll-out.ts';
import type { Instant, Milliseconds } from '../time.ts';

/** A repository as GitHub knows it. Ids never change; names do. */
export interface Repository {
  readonly id: number;
  readonly nodeId: string;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly installation: number;
  /** Whether anybody may read it; unknown counts as yes. */
  readonly public?: boolean;
}

/** A branch with one signed commit, and the pull request that brings it to the default branch. */
export interface Proposal {
  readonly branch: string;
  readonly base: Oid;
  readonly commit: { readonly headline: string; readonly body: string };
  readonly files: readonly {
    readonly path: string;
    readonly mode: string;
    readonly contents: string;
  }[];
  readonly title: string;
  readonly body: string;
  /** The branch was taken the last time: it is looked at before anything is made. */
  readonly lookFirst?: boolean;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly bot: boolean;
}

/** A commit that takes the place of a branch's own commits. */
export interface Renewal {
  readonly branch: string;
  /** Where the branch has to stand; what somebody pushed meanwhile is never overwritten. */
  readonly head: Oid;
  /** The commit to stand on. */
  readonly base: Oid;
  readonly commit: Proposal['commit'];
  readonly files: Proposal['files'];
}

/** Whether the rules of the default branch ask for signed commits; `perhaps`: GitHub does not show the App. */
export type SignatureRule = 'yes' | 'perhaps' | 'no';

/**
 * What a pull request shows of the steps that were done about it, so that nobody has to remember them: whoever did
 * the last one may have died right after it.
 */
export interface Traces {
  /** Whether anybody was asked for a review, or gave one. */
  readonly asked: boolean;
  /** Whether its branch is still there. That is deleted last. */
  readonly branchStands: boolean;
  readonly labels: readonly string[];
  /** When it was closed or merged. */
  readonly endedAt?: Instant;
  /** Whether the App that made it also closed or merged it. */
  readonly endedByApp: boolean;
  /** What became of it in the merge queue of its branch, if there is one. */
  readonly queue: {
    /** Whether it is there now. */
    readonly waits: boolean;
    /** Whether it was the App that put it there, or took it out, the last time that somebody did. */
    readonly byApp: boolean;
    /** GitHub or a person took it out, and nobody put it back. `why` is GitHub's word, or empty. */
    readonly takenOut?: { readonly at: Instant; readonly why: string };
  };
  /** Whether the App commented on it since it was closed. */
  readonly said: boolean;
  /** Whether the App said that it closes it because nobody decided in time. */
  readonly unanswered: boolean;
}

/** A pull request as the rollback needs it. */
export interface PullRequest {
  readonly number: number;
  readonly nodeId: string;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly title: string;
  readonly body: string;
  readonly author: Account;
  /** Whether the App itself made it. */
  readonly own: boolean;
  /**
   * Lastgood closed it right after opening it, because its branch was taken or had a pull request already: nobody's no,
   * and no part of what became of the incident.
   */
  readonly withdrawn?: true;
  /** One of a fork has `fork:` before it: whatever it is called, it is no rollback's. */
  readonly branch: string;
  readonly head: Oid;
  /** The branch it goes to. People can change it. */
  readonly into: string;
  /** The newest commit of the branch it goes to, as GitHub saw it at the time of the answer. */
  readonly base: Oid;
  readonly createdAt: Instant;
  readonly mergedAt?: Instant;
  readonly mergeCommit?: Oid;
  /** Whether GitHub's rules call it approved: `none` when no rule asks for reviews. */
  readonly reviewDecision: 'approved' | 'review-required' | 'changes-requested' | 'none';
  readonly mergeable: 'yes' | 'conflict' | 'unknown';
  /** Where it was read back, not where it was opened just now. */
  readonly traces?: Traces;
}

export interface Review {
  readonly id: number;
  readonly user: Account;
  readonly state: 'approved' | 'changes-requested' | 'commented' | 'dismissed' | 'pending';
  /** The head it was given for. */
  readonly commit: Oid;
  readonly at: Instant;
}

/** What a merge call came to. Everything but `merged` and `gone` leaves the pull request open. */
export type MergeOutcome =
  | { readonly kind: 'merged'; readonly commit: Oid }
  /** The head is not the one evaluated: evaluate again from scratch. */
  | { readonly kind: 'head-moved' }
  /** The default branch moved while GitHub merged: the same call may succeed in a moment. */
  | { readonly kind: 'base-moved' }
  /** GitHub has not computed mergeability yet. */
  | { readonly kind: 'not-computed' }
  | { readonly kind: 'conflict' }
  /** A rule asks that the branch has the newest commit of the default branch. */
  | { readonly kind: 'behind'; readonly message: string }
  | { readonly kind: 'checks-pending'; readonly message: string }
  | { readonly kind: 'reviews-missing'; readonly message: string }
  | { readonly kind: 'queue-required'; readonly message: string }
  /** It waits in the merge queue; GitHub merges it, or takes it out. */
  | { readonly kind: 'queued' }
  /** GitHub or a person took it out of the merge queue, with GitHub's word for why. */
  | { readonly kind: 'out-of-queue'; readonly why: string }
  /** A rule, a permission or a setting forbids it: people have to act. */
  | { readonly kind: 'forbidden'; readonly message: string }
  /** The pull request was closed, or it or the repository is no longer there for the App. */
  | { readonly kind: 'gone'; readonly message: string }
  /** GitHub limits the App or is down: try again after so long, told by GitHub or a guess. */
  | { readonly kind: 'try-later'; readonly after: Milliseconds; readonly message: string };

/** A branch that is named like a rollback's. */
export interface RollbackBranch {
  readonly branch: string;
  readonly head: Oid;
  /** How many pull requests it ever had, in whatever state. */
  readonly pulls: number;
}

/** A failure that may pass by itself says after how long to try again. */
export interface PassingFailure {
  readonly after: Milliseconds;
}

/** The branch of a rollback has something else on it, or somebody else's pull request: people have to make way. */
export interface TakenFailure {
  readonly branch: string;
  readonly head: Oid;
}

/** Whether a proposal failed because its branch is taken. */
export function isTaken(error: unknown): error is TakenFailure & Error {
  return error instanceof Error && 'branch' in error && 'head' in error;
}

/** What the rollback asks of GitHub: implemented in `github/`, and nowhere else. */
export interface Forge {
  /**
   * Makes branch, commit and pull request in one request, or continues from whatever part of it exists already.
   * Answers the pull request, and whether it was there before. Only the App's own is taken over: what somebody else
   * wrote into one is not what Lastgood stands for. An earlier one of its own that was closed or merged is answered as
   * it is; none is opened beside it. Throws a {@link TakenFailure} when the branch is somebody else's.
   */
  propose(
    repository: Repository,
    proposal: Proposal,
  ): Promise<{
    readonly pull: PullRequest;
    readonly adopted: boolean;
    /** Whether GitHub calls the signature of the head commit valid. */
    readonly verified: boolean;
  }>;
  /**
   * Puts one commit on a newer base in the place of what the branch has, in one step: it never stands anywhere between.
   * `moved`: the branch stands elsewhere than expected, and was left there.
   */
  renew(
    repository: Repository,
    renewal: Renewal,
  ): Promise<
    | { readonly kind: 'renewed'; readonly head: Oid; readonly verified: boolean }
    | { readonly kind: 'moved' }
  >;
  signatureRule(repository: Repository): Promise<SignatureRule>;
  pull(repository: Repository, number: number): Promise<PullRequest>;
  /** Every rollback pull request that is open, or was opened, merged or closed since `since`; the newest one first. */
  rollbackPulls(repository: Repository, since: Instant): Promise<readonly PullRequest[]>;
  /** Every branch whose name begins as a rollback's does, whoever made it. */
  rollbackBranches(repository: Repository): Promise<readonly RollbackBranch[]>;
  /** What deployments and commit statuses report of a commit, and of another one that came after it. */
  reports(repository: Repository, commit: Oid, after: Oid): Promise<readonly Report[]>;
  /** One merge call, bound to `head`; asks again what happened when the answer got lost. */
  merge(
    repository: Repository,
    request: {
      readonly number: number;
      readonly head: Oid;
      readonly method: RepositoryPolicy['mergeMethod'];
      readonly title: string;
      readonly message: string;
    },
  ): Promise<MergeOutcome>;
  /** Puts it into the merge queue of its branch, bound to `head`. Asks what happened when that failed. */
  enqueue(
    repository: Repository,
    request: { readonly number: number; readonly nodeId: string; readonly head: Oid },
  ): Promise<MergeOutcome>;
  /** Takes it out again; one that is not there is left as it is. */
  dequeue(
    repository: Repository,
    request: { readonly number: number; readonly nodeId: string },
  ): Promise<void>;
  /** The files and contents-free patch facts of the pull request: paths and blobs at its head. */
  changedFiles(
    repository: Repository,
    number: number,
  ): Promise<readonly { readonly path: string; readonly blob: Oid; readonly status: string }[]>;
  reviews(repository: Repository, number: number): Promise<readonly Review[]>;
  /** Authors and committers of the pull request's commits, where GitHub knows the account. */
  commitAuthors(repository: Repository, number: number): Promise<readonly Account[]>;
  /** The role of a user in the repository; `none` when there is none. */
  role(repository: Repository, user: Account): Promise<RepositoryRole | 'none'>;
  /** Whether the user is an active member of the team. */
  isTeamMember(
    repository: Repository,
    team: { readonly org: string; readonly slug: string },
    user: Account,
  ): Promise<boolean>;
  /** Asks for reviews, does not fail for one who cannot be asked: those are the answer. Roles are never asked. */
  requestReviews(
    repository: Repository,
    number: number,
    from: readonly Principal[],
  ): Promise<readonly Principal[]>;
  label(repository: Repository, number: number, labels: readonly string[]): Promise<void>;
  comment(repository: Repository, number: number, body: string): Promise<void>;
  edit(repository: Repository, number: number, body: string): Promise<void>;
  close(repository: Repository, number: number): Promise<void>;
  /** Opens a closed pull request again, as long as its branch is there. Throws where GitHub does not let it. */
  reopen(repository: Repository, number: number): Promise<void>;
  deleteBranch(repository: Repository, branch: string): Promise<void>;
  commit(
    repository: Repository,
    commit: Oid,
  ): Promise<{
    readonly message: string;
    readonly parents: readonly Oid[];
    /** Whether GitHub vouches for the signature. */
    readonly verified: boolean;
  }>;
  /** Sends a `repository_dispatch`, which starts the workflows of the default branch that wait for its type. */
  dispatch(
    repository: Repository,
    event: { readonly type: string; readonly payload: Readonly<Record<string, unknown>> },
  ): Promise<void>;
  /** A token for git over HTTP, reading only. */
  gitToken(repository: Repository): Promise<string>;
}
