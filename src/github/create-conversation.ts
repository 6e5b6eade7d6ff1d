import type {
  Comment,
  CommentRef,
  Conversation,
  Reaction,
  ReviewText,
} from '../commands/conversation.ts';
import type { Instant } from '../time.ts';
import { accountOrGhost, type RestUser } from './accounts.ts';
import type { Room } from './ask.ts';
import { askGraphPartly, read, readPages, write } from './ask.ts';
import { entrance, REAL_TIME, type OctokitFor } from './enter.ts';
import { GitHubError } from './errors.ts';
import type { Timing } from './octokit.ts';
import { WRITE } from './octokit.ts';
import { COMMENT_EDITS } from './queries.ts';
import { commentEditsAnswer } from './schema.ts';
import { truncateBody } from './truncate.ts';
import { unlessGone } from './unless-gone.ts';

/** What people say, over GitHub. Every method throws the errors of `errors.ts` and no others. */
export function createConversation(
  octokitFor: OctokitFor,
  timing: Timing = REAL_TIME,
): Conversation {
  const enter = entrance(octokitFor, timing);
  return {
    comments: async (repository, number, since) =>
      readComments(await enter(repository), number, since),
    unedited: async (repository, comments) => keepUnedited(await enter(repository), comments),
    comment: async (repository, at) => readComment(await enter(repository), at),
    review: async (repository, number, id) => readReview(await enter(repository), number, id),
    say: async (repository, number, body) => say(await enter(repository), number, body),
    answer: async (repository, number, to, body) =>
      answer(await enter(repository), number, to, body),
    rewrite: async (repository, at, body) => rewrite(await enter(repository), at, body),
    react: async (repository, to, reaction) => react(await enter(repository), to, reaction),
  };
}

/** So many comments are read of an issue; a decision needs all of them, so more is an error. */
const MOST_COMMENTS = 3_000;

async function readComments(
  room: Room,
  number: number,
  since: Instant | undefined,
): Promise<readonly Comment[]> {
  const comments = await readPages(room, `read the comments of #${number}`, MOST_COMMENTS, (page) =>
    room.octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...room.at,
      issue_number: number,
      per_page: 100,
      page,
      ...(since !== undefined && { since: new Date(since).toISOString() }),
    }),
  );
  if (comments.length >= MOST_COMMENTS) {
    throw new GitHubError(
      `#${number} has ${MOST_COMMENTS} comments or more, so not all of them can be read. ` +
        'Delete what is not needed, or go on in another issue.',
      { audience: 'user' },
    );
  }
  return comments.map((one) => toComment('comment', one));
}

/**
 * What GitHub's history of each comment does not call edited, and reads the same there. That a comment was edited stays
 * in it, of whatever second the edit is. One that is gone by now is not vouched for, and no reason to fail.
 */
async function keepUnedited(room: Room, comments: readonly Comment[]): Promise<readonly Comment[]> {
  const bodies = new Map<string, string>();
  for (let from = 0; from < comments.length; from += 100) {
    const ids = comments.slice(from, from + 100).map(({ nodeId }) => nodeId);
    const { nodes } = await read(room, 'read whether comments were edited', async () =>
      commentEditsAnswer.parse((await askGraphPartly(room.octokit, COMMENT_EDITS, { ids })).data),
    );
    for (const one of nodes) {
      if (one?.lastEditedAt === null && one.editor === null) bodies.set(one.id, one.body);
    }
  }
  return comments.filter(({ nodeId, body }) => bodies.get(nodeId) === body);
}

interface RestComment {
  readonly id: number | bigint;
  readonly node_id: string;
  readonly html_url: string;
  readonly user: RestUser | null;
  readonly body?: string | undefined;
  readonly created_at: string;
  readonly updated_at: string;
  readonly performed_via_github_app?: { readonly id: number } | null;
}

function toComment(kind: CommentRef['kind'], from: RestComment): Comment {
  const app = from.performed_via_github_app?.id;
  return {
    kind,
    id: Number(from.id),
    nodeId: from.node_id,
    url: from.html_url,
    author: accountOrGhost(from.user),
    ...(app !== undefined && { app }),
    body: from.body ?? '',
    createdAt: Date.parse(from.created_at),
    updatedAt: Date.parse(from.updated_at),
  };
}

async function readComment(room: Room, { kind, id }: CommentRef): Promise<Comment | undefined> {
  const at = { ...room.at, comment_id: id };
  return unlessGone(() =>
    read(room, `read the comment ${id}`, async () => {
      const { data } =
        kind === 'comment'
          ? await room.octokit.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', at)
          : await room.octokit.request('GET /repos/{owner}/{repo}/pulls/comments/{comment_id}', at);
      return toComment(kind, data);
    }),
  );
}

async function readReview(room: Room, number: number, id: number): Promise<ReviewText | undefined> {
  const data = await unlessGone(() =>
    read(room, `read the review ${id}`, async () => {
      const answer = await room.octokit.request(
        'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}',
        { ...room.at, pull_number: number, review_id: id },
      );
      return answer.data;
    }),
  );
  // A review that was not submitted yet is nobody's business.
  if (!data || data.body === '' || data.submitted_at === undefined) return undefined;
  return {
    id: Number(data.id),
    url: data.html_url,
    author: accountOrGhost(data.user),
    body: data.body,
    commit: data.commit_id ?? '',
    at: Date.parse(data.submitted_at),
  };
}

async function say(room: Room, number: number, body: string): Promise<Comment> {
  return write(room, `comment on #${number}`, async () => {
    const { data } = await room.octokit.request(
      'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      { ...room.at, issue_number: number, body: truncateBody(body), request: WRITE },
    );
    return toComment('comment', data);
  });
}

async function answer(room: Room, number: number, to: CommentRef, body: string): Promise<Comment> {
  if (to.kind === 'comment') return say(room, number, body);
  const made = await unlessGone(() =>
    write(room, `answer the comment ${to.id}`, async () => {
      const { data } = await room.octokit.request(
        'POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies',
        {
          ...room.at,
          pull_number: number,
          comment_id: to.id,
          body: truncateBody(body),
          request: WRITE,
        },
      );
      return toComment('review-comment', data);
    }),
  );
  // The thread is gone with its first comment; the answer is owed all the same.
  return made ?? say(room, number, body);
}

async function rewrite(
  room: Room,
  { kind, id }: CommentRef,
  body: string,
): Promise<'done' | 'gone'> {
  const change = { ...room.at, comment_id: id, body: truncateBody(body), request: WRITE };
  const done = await unlessGone(() =>
    write(room, `edit the comment ${id}`, async () => {
      if (kind === 'comment') {
        await room.octokit.request(
          'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
          change,
        );
      } else {
        await room.octokit.request(
          'PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}',
          change,
        );
      }
      return 'done' as const;
    }),
  );
  return done ?? 'gone';
}

async function react(room: Room, { kind, id }: CommentRef, content: Reaction): Promise<void> {
  const reaction = { ...room.at, comment_id: id, content, request: WRITE };
  await unlessGone(() =>
    write(room, `react to the comment ${id}`, async () => {
      if (kind === 'comment') {
        await room.octokit.request(
          'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
          reaction,
        );
      } else {
        await room.octokit.request(
          'POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions',
          reaction,
        );
      }
    }),
  );
}
