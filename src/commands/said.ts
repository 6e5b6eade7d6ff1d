import { createHash } from 'node:crypto';
import type { Account, Repository } from '../rollback/forge.ts';
import type { Instant } from '../time.ts';
import { isOwn, type Conversation, type Self } from './conversation.ts';

/** Where somebody may have said a command: a comment, one on a line, or the text of a review. */
export interface SaidRef {
  readonly said: 'comment' | 'review-comment' | 'review';
  readonly id: number;
  /** The issue or pull request. */
  readonly number: number;
  /**
   * What {@link wordsOf} made of the text when GitHub told of it: who edits within the second leaves no other trace,
   * because GitHub dates by the second.
   */
  readonly words?: string;
}

/** The reference alone, of something that carries it. */
export function refOf({ said, id, number, words }: SaidRef): SaidRef {
  return { said, id, number, ...(words !== undefined && { words }) };
}

/** A text as it is recognised by: the same text has the same. */
export function wordsOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}

/** What somebody said, as it stands at GitHub now. */
export interface Said extends SaidRef {
  readonly author: Account;
  readonly body: string;
  readonly at: Instant;
  readonly url: string;
  /** Whoever may write can edit another's comment: what was edited is nobody's word. */
  readonly edited: boolean;
  /** Written through an App, so that nobody can tell that a person meant it. */
  readonly throughApp: boolean;
}

/** Reads it again from GitHub: a delivery may be old. Undefined when it is gone, or is no person's. */
export async function readSaid(
  conversation: Conversation,
  self: Self,
  repository: Repository,
  ref: SaidRef,
): Promise<Said | undefined> {
  const { said, id, number, words } = ref;
  if (said === 'review') {
    const review = await conversation.review(repository, number, id);
    if (!review || review.author.bot) return undefined;
    const { author, body, at, url } = review;
    // GitHub does not say when it was edited.
    const edited = differs(body, words);
    return { ...ref, author, body, at, url, edited, throughApp: false };
  }
  const comment = await conversation.comment(repository, { kind: said, id });
  if (!comment || comment.author.bot || isOwn(comment, self)) return undefined;
  const { author, body, createdAt: at, updatedAt, url, app } = comment;
  const edited = updatedAt > at || differs(body, words);
  return { ...ref, author, body, at, url, edited, throughApp: app !== undefined };
}

function differs(body: string, words: string | undefined): boolean {
  return words !== undefined && words !== wordsOf(body);
}

/** What it is recognised by wherever something was done for it. */
export function saidName({ said, id }: Pick<SaidRef, 'said' | 'id'>): string {
  return `${said} ${id}`;
}

/** Begins the answer to it, unseen: whoever handles it again finds that it was answered. */
export function answerMarker(said: Pick<SaidRef, 'said' | 'id'>): string {
  return `<!-- lastgood:answer ${saidName(said)} -->`;
}

/** Begins the one comment of an issue that answers questions, and is edited for the next one. */
export function stickyMarker({ said, id, at }: Pick<Said, 'said' | 'id' | 'at'>): string {
  return `<!-- lastgood:told ${new Date(at).toISOString()} ${said} ${id} -->`;
}

/** When the question was asked that a comment answers last; undefined for any other comment. */
export function askedAt(body: string): Instant | undefined {
  const at = /^<!-- lastgood:told (\S+) [a-z-]+ \d+ -->/.exec(body)?.[1];
  return at === undefined ? undefined : Date.parse(at);
}
