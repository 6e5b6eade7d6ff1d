import type { Oid } from '../releases/release.ts';
import type { PullRequest } from '../rollback/forge.ts';
import { SECOND } from '../time.ts';
import type { Room } from './ask.ts';
import { askGraph, read } from './ask.ts';
import { readPull } from './pulls.ts';
import { LANDED } from './queries.ts';
import { landedAnswer } from './schema.ts';

/** Looks again after these, because what landed may not show at once (GitHub reality 18). */
const WAITS = [0, SECOND, 3 * SECOND] as const;

export interface Merged {
  readonly pull: PullRequest;
  /** The commit on the base branch; absent when nothing landed. */
  readonly commit?: Oid;
}

/**
 * Finds out what became of a merge call whose answer got lost: the pull request may say that it is merged, or may be
 * open although its commit landed (GitHub reality 4).
 */
export async function findLanded(
  room: Room,
  request: {
    readonly number: number;
    readonly head: Oid;
    readonly title: string;
    readonly message: string;
  },
): Promise<Merged> {
  let pull = await readPull(room, request.number);
  for (const pause of WAITS) {
    if (pause > 0) {
      await room.wait(pause);
      pull = await readPull(room, request.number);
    }
    if (pull.state === 'merged') return { pull, commit: pull.mergeCommit ?? pull.head };
    if (pull.state === 'closed') return { pull };
    const commit = await searchBase(room, pull, request);
    if (commit !== undefined) return { pull, commit };
  }
  return { pull };
}

async function searchBase(
  room: Room,
  pull: PullRequest,
  request: { readonly head: Oid; readonly title: string; readonly message: string },
): Promise<Oid | undefined> {
  const { node } = await read(room, 'read the history of the default branch', async () =>
    landedAnswer.parse(
      await askGraph(room.octokit, LANDED, {
        repository: room.repository.nodeId,
        number: pull.number,
        since: new Date(pull.createdAt).toISOString(),
      }),
    ),
  );
  const head = node.pullRequest?.commits.nodes[0]?.commit;
  const squashed = plain(`${request.title}\n\n${request.message}`);
  const found = node.pullRequest?.baseRef?.target?.history.nodes.find(
    (commit) =>
      commit !== null &&
      (commit.oid === request.head ||
        commit.parents.nodes.some((parent) => parent?.oid === request.head) ||
        // A squash carries the message of the call, a rebase that of the head commit; either may gain trailers.
        plain(commit.message).startsWith(squashed) ||
        (head !== undefined && plain(commit.message).startsWith(plain(head.message)))),
  );
  return found?.oid;
}

function plain(message: string): string {
  return message.replace(/\s+/g, ' ').trim();
}
