import type { ApprovalPolicy, Principal, RepositoryRole } from '../policy/policy.ts';
import type { Account, Review } from '../rollback/forge.ts';
import type { Oid } from '../releases/release.ts';

/** Why somebody's review does not count. Closed: every member has a sentence in `texts/`. */
export type NotCounted =
  | 'bot'
  | 'author'
  | 'requester'
  | 'commit-author'
  | 'other-head'
  | 'not-listed'
  | 'no-write-access'
  | 'could-not-verify';

/** What is known of a reviewer: asked of GitHub before the evaluation, so that the evaluation is pure. */
export interface Standing {
  readonly role: RepositoryRole | 'none' | 'unknown';
  /** The principals of the policy that the user is one of; `unknown` when a look-up failed. */
  readonly principals: readonly Principal[] | 'unknown';
}

export interface ApprovalInput {
  readonly policy: ApprovalPolicy;
  readonly head: Oid;
  readonly author: Account;
  /** The person who asked for the rollback, if a person did. */
  readonly requester?: Account;
  readonly commitAuthors: readonly Account[];
  readonly reviews: readonly Review[];
  readonly standing: ReadonlyMap<number, Standing>;
}

export interface GroupState {
  readonly name: string;
  readonly required: number;
  readonly approvedBy: readonly Account[];
  /** Whose approval is still missing. */
  readonly from: readonly Principal[];
}

export interface ApprovalState {
  readonly approved: boolean;
  readonly required: number;
  readonly approvedBy: readonly Account[];
  /** How far each group is, where the policy has groups. Nobody stands in two of them. */
  readonly groups?: readonly GroupState[];
  /** People who asked for changes and are eligible, or could not be verified: each of them blocks. */
  readonly blockedBy: readonly Account[];
  readonly notCounted: readonly {
    readonly user: Account;
    readonly why: NotCounted;
    /** What GitHub said, in a sentence, where something could not be verified. */
    readonly detail?: string;
  }[];
}

/** The state where nobody was asked, because nobody's approval matters now. */
export const NOBODY_ASKED: ApprovalState = {
  approved: false,
  required: 0,
  approvedBy: [],
  blockedBy: [],
  notCounted: [],
};
