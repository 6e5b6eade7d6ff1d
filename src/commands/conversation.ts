import type { Oid } from '../releases/release.ts';
import type { Account, Repository } from '../rollback/forge.ts';
import type { Instant } from '../time.ts';

/** A comment below an issue or a pull request, or one on a line of a pull request: their ids are apart. */
export interface CommentRef {
  readonly kind: 'comment' | 'review-comment';
  readonly id: number;
}

export interface Comment extends CommentRef {
  readonly url: string;
  /** Who wrote it first. Whoever may write can edit it since: a body later than `createdAt` may be another's. */
  readonly author: Account;
  /** The App that it was written through, by its id. A person may write through an App too. */
  readonly app?: number;
  readonly body: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** GraphQL's id of it. */
  readonly nodeId: string;
}

/** What somebody wrote in a review as a whole. Its author alone can edit it; GitHub does not say when. */
export interface ReviewText {
  readonly id: number;
  readonly url: string;
  readonly author: Account;
  readonly body: string;
  /** The head it was given for. */
  readonly commit: Oid;
  readonly at: Instant;
}

export type Reaction = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes';

/** What commands and their answers need of GitHub: implemented in `github/`, and nowhere else. */
export interface Conversation {
  /**
   * The comments below an issue or a pull request, oldest first; with `since`, those written or edited since then.
   * Comments on lines are not among them.
   */
  comments(repository: Repository, number: number, since?: Instant): Promise<readonly Comment[]>;
  /**
   * Those of the comments that nobody ever edited, as GitHub's history of each says: `updatedAt` is to the second, and
   * does not tell of an edit within that. One that GitHub does not vouch for is not among them.
   */
  unedited(repository: Repository, comments: readonly Comment[]): Promise<readonly Comment[]>;
  /** As it stands now; undefined once it was deleted. */
  comment(repository: Repository, at: CommentRef): Promise<Comment | undefined>;
  /** The text of a review and who gave it; undefined when there is no such review, or none with a text. */
  review(repository: Repository, number: number, id: number): Promise<ReviewText | undefined>;
  /** Writes a comment, shortened to what GitHub takes. */
  say(repository: Repository, number: number, body: string): Promise<Comment>;
  /** Answers where the comment stands: in the thread of a line, or below all others. */
  answer(repository: Repository, number: number, to: CommentRef, body: string): Promise<Comment>;
  /** Replaces the text of a comment; `gone` when somebody deleted it. */
  rewrite(repository: Repository, at: CommentRef, body: string): Promise<'done' | 'gone'>;
  /** Reacts to a comment. Doing so twice, or to one that is gone, changes nothing. */
  react(repository: Repository, to: CommentRef, reaction: Reaction): Promise<void>;
}

/** The App as GitHub shows it: by its id, and the account of its bot. */
export interface Self {
  readonly app: number;
  readonly slug: string;
  readonly account: Account;
}

/** The newest comment of the App itself with this text in it. What others write in its manner does not count. */
export function findOwn(
  comments: readonly Comment[],
  self: Self,
  marker: string,
): Comment | undefined {
  return comments.findLast((one) => isOwn(one, self) && one.body.includes(marker));
}

/** Whether the App itself wrote it, as its bot and through itself. */
export function isOwn(
  from: { readonly author: Account; readonly app?: number },
  self: Self,
): boolean {
  return from.author.id === self.account.id && from.app === self.app;
}
