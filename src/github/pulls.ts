import { BRANCH_PREFIX } from '../rollback/branch.ts';
import type { PullRequest } from '../rollback/forge.ts';
import type { Instant } from '../time.ts';
import type { Room } from './ask.ts';
import { askGraph, isMissing, read, readPages } from './ask.ts';
import { GitHubError, Truncated } from './errors.ts';
import { LIST_PULLS, PULL_BY_NUMBER, PULLS_BY_ID } from './queries.ts';
import { listPullsAnswer, pullAnswer, pullsByIdAnswer, toPullRequest } from './schema.ts';

/** One pull request as it is now. Throws a `GitHubError` with status 404 when there is none of that number. */
export async function readPull(room: Room, number: number): Promise<PullRequest> {
  const answer = await read(
    room,
    `read pull request #${number}`,
    async () => {
      const variables = { repository: room.repository.nodeId, number };
      return pullAnswer.parse(await askGraph(room.octokit, PULL_BY_NUMBER, variables));
    },
    isMissing,
  );
  const pull = answer.node.pullRequest;
  if (pull === null) {
    throw new GitHubError(
      `There is no pull request #${number} in ${room.repository.owner}/${room.repository.name}.`,
      { status: 404, audience: 'both' },
    );
  }
  return toPullRequest(pull);
}

/** More pages than this of one list are not read: 10,000 pull requests. */
const MOST_PAGES = 100;

/**
 * Every rollback pull request that is open, or was opened, merged or closed since `since`; the newest one first. One may
 * have waited for days and end only now, so what ended is looked for in the order of changes. A fork's branch of the
 * same name is none. Costs one request per 100 open pull requests of the repository, one per 100 closed ones that changed
 * since `since`, and one per 100 found; three for most repositories.
 */
export async function readRollbackPulls(
  room: Room,
  since: Instant,
): Promise<readonly PullRequest[]> {
  // In this order one that is closed between the two lists is in both, in the other one it would be in neither.
  const open = await listIds(room, ['OPEN'], 'CREATED_AT', Number.NEGATIVE_INFINITY);
  // A closed one that somebody comments on while page after page is read may slip by; the next sweep sees it.
  const closed = await listIds(room, ['CLOSED', 'MERGED'], 'UPDATED_AT', since);
  const ids = [...new Set([...open, ...closed])];
  const pulls: PullRequest[] = [];
  for (let from = 0; from < ids.length; from += 100) {
    const page = ids.slice(from, from + 100);
    const answer = await read(room, 'read the rollback pull requests', async () =>
      pullsByIdAnswer.parse(await askGraph(room.octokit, PULLS_BY_ID, { ids: page })),
    );
    pulls.push(...answer.nodes.flatMap((one) => (one === null ? [] : [toPullRequest(one)])));
  }
  return pulls.sort((a, b) => b.createdAt - a.createdAt || b.number - a.number);
}

/** In which order they are listed, newest first. */
type Order = 'CREATED_AT' | 'UPDATED_AT';

async function listIds(
  room: Room,
  states: readonly string[],
  by: Order,
  since: Instant,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { nodes, pageInfo } = await listPage(room, states, by, after);
    for (const pull of nodes) {
      if (pull === null) continue;
      const { headRefName, isCrossRepository, createdAt, updatedAt, closedAt } = pull;
      if (Date.parse(by === 'CREATED_AT' ? createdAt : updatedAt) < since) return ids;
      const news = Math.max(Date.parse(createdAt), Date.parse(closedAt ?? createdAt));
      if (news < since || isCrossRepository || !headRefName.startsWith(BRANCH_PREFIX)) continue;
      ids.push(pull.id);
    }
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
  }
  throw new GitHubError(
    `${room.repository.owner}/${room.repository.name} has more than ${MOST_PAGES * 100} pull requests to look ` +
      'through, so the rollbacks among them cannot be told. Close stale pull requests.',
    { audience: 'both' },
  );
}

async function listPage(room: Room, states: readonly string[], by: Order, after: string | null) {
  const variables = { repository: room.repository.nodeId, states, by, after };
  const answer = await read(room, 'list pull requests', async () =>
    listPullsAnswer.parse(await askGraph(room.octokit, LIST_PULLS, variables)),
  );
  return answer.node.pullRequests;
}

/** GitHub shows no file of a pull request beyond this (GitHub reality 25). */
const MOST_FILES = 3_000;

/** The files a pull request changes. Throws `Truncated` when GitHub does not show all of them. */
export async function readChangedFiles(
  room: Room,
  number: number,
): Promise<readonly { readonly path: string; readonly blob: string; readonly status: string }[]> {
  const files = await readPages(
    room,
    `list the files of pull request #${number}`,
    MOST_FILES,
    (page) =>
      room.octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', {
        ...room.at,
        pull_number: number,
        per_page: 100,
        page,
      }),
  );
  if (files.length >= MOST_FILES) throw new Truncated('files', MOST_FILES);
  return files.map((file) => ({ path: file.filename, blob: file.sha ?? '', status: file.status }));
}
