/**
 * The merge queue of a branch that requires one (GitHub reality 11): the merge call is refused there, and only these
 * two mutations put a pull request in and take it out. What the queue does with it afterwards is told by events.
 * @module
 */
import type { Forge, MergeOutcome, PullRequest } from '../rollback/forge.ts';
import type { Room } from './ask.ts';
import { askGraph, fullName } from './ask.ts';
import { RateLimited } from './errors.ts';
import type { Failure } from './failure.ts';
import { isLost, limitOf, readFailure, toGitHubError } from './failure.ts';
import { afterwards, DOWN_WAIT } from './merge.ts';
import { readRefusal } from './merge-messages.ts';
import { readPull } from './pulls.ts';
import { DEQUEUE, ENQUEUE } from './queries.ts';

type Request = Parameters<Forge['enqueue']>[1];

/**
 * Puts a pull request into the merge queue, bound to the head. Never sent twice: after a failure the pull request says
 * whether it is there. Throws only `NotInstalled` and what is no answer of GitHub.
 */
export async function enqueue(room: Room, request: Request): Promise<MergeOutcome> {
  try {
    const { nodeId: pull, head } = request;
    await askGraph(room.octokit, ENQUEUE, { pull, head });
    return { kind: 'queued' };
  } catch (error) {
    try {
      return await understand(room, request, error);
    } catch (second) {
      return afterwards(second);
    }
  }
}

async function understand(room: Room, request: Request, error: unknown): Promise<MergeOutcome> {
  if (error instanceof RateLimited) throw error;
  const failure = readFailure(error);
  const { message } = failure;
  const after = limitOf(failure, room.clock);
  if (after !== undefined) return { kind: 'try-later', after, message };
  const refused = failure.graph.length > 0 || isLost(failure);
  if (!refused)
    throw toGitHubError(error, 'use the merge queue', fullName(room.repository), room.clock);
  const pull = await readPull(room, request.number);
  if (pull.state === 'merged') return { kind: 'merged', commit: pull.mergeCommit ?? pull.head };
  if (pull.state === 'closed') return { kind: 'gone', message };
  if (pull.head !== request.head) return { kind: 'head-moved' };
  if (waitsInQueue(pull)) return { kind: 'queued' };
  return whyNot(failure, pull);
}

function whyNot(failure: Failure, pull: PullRequest): MergeOutcome {
  const { message } = failure;
  if (isLost(failure)) return { kind: 'try-later', after: DOWN_WAIT, message };
  if (pull.mergeable === 'conflict') return { kind: 'conflict' };
  const refusal = readRefusal(message);
  if (refusal === 'head-moved' || refusal === 'base-moved') return { kind: refusal };
  // Nobody has computed a conflict: then it is something that nobody has seen yet.
  return { kind: refusal === 'not-mergeable' ? 'forbidden' : refusal, message };
}

/** Takes a pull request out of the merge queue. One that is not there, or merged by now, is left as it is. */
export async function dequeue(
  room: Room,
  { number, nodeId }: Parameters<Forge['dequeue']>[1],
): Promise<void> {
  try {
    await askGraph(room.octokit, DEQUEUE, { pull: nodeId });
  } catch (error) {
    const what = `take pull request #${number} out of the merge queue`;
    const typed = toGitHubError(error, what, fullName(room.repository), room.clock);
    if (typed instanceof RateLimited) throw typed;
    if (waitsInQueue(await readPull(room, number))) throw typed;
  }
}

function waitsInQueue({ state, traces }: PullRequest): boolean {
  return state === 'open' && traces?.queue.waits === true;
}
