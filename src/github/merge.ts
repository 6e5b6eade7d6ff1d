import type { Forge, MergeOutcome } from '../rollback/forge.ts';
import { MINUTE, SECOND } from '../time.ts';
import type { Room } from './ask.ts';
import { fullName } from './ask.ts';
import { GitHubDown, GitHubError, NotInstalled, RateLimited } from './errors.ts';
import type { Failure } from './failure.ts';
import { isLost, limitOf, readFailure, toGitHubError } from './failure.ts';
import { findLanded } from './landed.ts';
import { readRefusal } from './merge-messages.ts';
import { URGENT } from './octokit.ts';
import { readPull } from './pulls.ts';

type MergeRequest = Parameters<Forge['merge']>[1];

/** When GitHub is down and says nothing about later. */
export const DOWN_WAIT = 30 * SECOND;

/**
 * Sends one merge call, bound to the head, and says what came of it. Never sends a second one: after a lost answer it
 * looks what happened (GitHub reality 4). Throws only `NotInstalled` and what is no answer of GitHub.
 */
export async function merge(room: Room, request: MergeRequest): Promise<MergeOutcome> {
  try {
    const { data } = await room.octokit.request(
      'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
      {
        ...room.at,
        pull_number: request.number,
        sha: request.head,
        merge_method: request.method,
        commit_title: request.title,
        commit_message: request.message,
        request: URGENT,
      },
    );
    return { kind: 'merged', commit: data.sha };
  } catch (error) {
    try {
      return await understand(room, request, readFailure(error), error);
    } catch (second) {
      return afterwards(second);
    }
  }
}

async function understand(
  room: Room,
  request: MergeRequest,
  failure: Failure,
  error: unknown,
): Promise<MergeOutcome> {
  if (error instanceof RateLimited)
    return { kind: 'try-later', after: error.after, message: error.message };
  const after = limitOf(failure, room.clock);
  if (after !== undefined) return { kind: 'try-later', after, message: failure.message };
  if (isLost(failure)) return afterLostAnswer(room, request, failure);
  const { message, status } = failure;
  if (!failure.known || failure.refusedToken || status === 401) {
    throw toGitHubError(
      error,
      `merge pull request #${request.number}`,
      fullName(room.repository),
      room.clock,
    );
  }
  if (status === 404) return { kind: 'gone', message };
  return afterRefusal(room, request, status, message);
}

async function afterRefusal(
  room: Room,
  request: MergeRequest,
  status: number | undefined,
  message: string,
): Promise<MergeOutcome> {
  const refusal = readRefusal(message);
  if (refusal === 'head-moved' || refusal === 'base-moved') return { kind: refusal };
  if (refusal === 'not-mergeable') return whyNotMergeable(room, request, message);
  // Status 409 is for a head that moved, but also for a permission: the pull request knows (GitHub reality 3).
  if (status === 409 && (await readPull(room, request.number)).head !== request.head) {
    return { kind: 'head-moved' };
  }
  return { kind: refusal, message };
}

async function afterLostAnswer(
  room: Room,
  request: MergeRequest,
  failure: Failure,
): Promise<MergeOutcome> {
  const { pull, commit } = await findLanded(room, request);
  if (commit !== undefined) return { kind: 'merged', commit };
  if (pull.state === 'closed') return closed(request.number);
  return {
    kind: 'try-later',
    after: DOWN_WAIT,
    message: `GitHub gave no usable answer to the merge (${failure.message}), and nothing has landed.`,
  };
}

/** "Pull Request is not mergeable" is said of conflicts, of closed ones and while GitHub computes (reality 6). */
async function whyNotMergeable(
  room: Room,
  request: MergeRequest,
  message: string,
): Promise<MergeOutcome> {
  const pull = await readPull(room, request.number);
  if (pull.state === 'merged') return { kind: 'merged', commit: pull.mergeCommit ?? pull.head };
  if (pull.state === 'closed') return closed(request.number);
  if (pull.head !== request.head) return { kind: 'head-moved' };
  if (pull.mergeable === 'conflict' || /^Merge conflict/i.test(message))
    return { kind: 'conflict' };
  return { kind: 'not-computed' };
}

function closed(number: number): MergeOutcome {
  return { kind: 'gone', message: `Pull request #${number} is closed.` };
}

/** What became of the merge is unknown, because the look afterwards failed as well. */
export function afterwards(error: unknown): MergeOutcome {
  if (error instanceof NotInstalled || !(error instanceof GitHubError)) throw error;
  if (error.status === 404) return { kind: 'gone', message: error.message };
  if (error instanceof RateLimited) {
    return { kind: 'try-later', after: error.after, message: error.message };
  }
  if (error instanceof GitHubDown) {
    return { kind: 'try-later', after: MINUTE, message: error.message };
  }
  return { kind: 'forbidden', message: error.message };
}
