import type { Issue, IssueChange, Issues } from '../notify/issues.ts';
import { accountOrGhost, type RestUser } from './accounts.ts';
import type { Room } from './ask.ts';
import { read, readPages, write } from './ask.ts';
import { entrance, REAL_TIME, type OctokitFor } from './enter.ts';
import type { Timing } from './octokit.ts';
import { WRITE } from './octokit.ts';
import { truncateBody, truncateTitle } from './truncate.ts';
import { unlessGone } from './unless-gone.ts';

/** Issues over GitHub. Every method throws the errors of `errors.ts` and no others. */
export function createIssues(octokitFor: OctokitFor, timing: Timing = REAL_TIME): Issues {
  const enter = entrance(octokitFor, timing);
  return {
    open: async (repository, issue) => openIssue(await enter(repository), issue),
    list: async (repository, which) => listIssues(await enter(repository), which),
    read: async (repository, number) => readIssue(await enter(repository), number),
    change: async (repository, number, change) =>
      changeIssue(await enter(repository), number, change),
  };
}

/** So many issues and pull requests are looked through, newest first. */
const MOST_ISSUES = 1_000;

interface RestIssue {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
  readonly labels: readonly (string | { readonly name?: string | undefined })[];
  readonly user: RestUser | null;
  readonly performed_via_github_app?: { readonly id: number } | null;
  readonly pull_request?: object | undefined;
  readonly created_at: string;
  readonly updated_at: string;
}

function toIssue(from: RestIssue): Issue {
  const app = from.performed_via_github_app?.id;
  return {
    number: from.number,
    url: from.html_url,
    title: from.title,
    body: from.body ?? '',
    state: from.state === 'closed' ? 'closed' : 'open',
    labels: from.labels.map((one) => (typeof one === 'string' ? one : (one.name ?? ''))),
    author: accountOrGhost(from.user),
    ...(app !== undefined && { app }),
    createdAt: Date.parse(from.created_at),
    updatedAt: Date.parse(from.updated_at),
  };
}

async function openIssue(room: Room, issue: Parameters<Issues['open']>[1]): Promise<Issue> {
  return write(room, 'open an issue', async () => {
    const { data } = await room.octokit.request('POST /repos/{owner}/{repo}/issues', {
      ...room.at,
      title: truncateTitle(issue.title),
      body: truncateBody(issue.body),
      labels: [...issue.labels],
      request: WRITE,
    });
    return toIssue(data);
  });
}

async function listIssues(
  room: Room,
  { labels, state, since }: Parameters<Issues['list']>[1],
): Promise<readonly Issue[]> {
  const found = await readPages(room, 'list issues', MOST_ISSUES, (page) =>
    room.octokit.request('GET /repos/{owner}/{repo}/issues', {
      ...room.at,
      labels: labels.join(','),
      state,
      ...(since !== undefined && { since: new Date(since).toISOString() }),
      per_page: 100,
      page,
    }),
  );
  return found.filter((one) => one.pull_request === undefined).map((one) => toIssue(one));
}

async function readIssue(room: Room, number: number): Promise<Issue | undefined> {
  const data = await unlessGone(() =>
    read(room, `read the issue #${number}`, async () => {
      const answer = await room.octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}', {
        ...room.at,
        issue_number: number,
      });
      return answer.data;
    }),
  );
  return data && data.pull_request === undefined ? toIssue(data) : undefined;
}

async function changeIssue(room: Room, number: number, change: IssueChange): Promise<void> {
  const { title, body, state, labels } = change;
  const reason =
    change.reason === 'not-planned' ? ('not_planned' as const) : ('completed' as const);
  await write(room, `change the issue #${number}`, () =>
    room.octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
      ...room.at,
      issue_number: number,
      ...(title !== undefined && { title: truncateTitle(title) }),
      ...(body !== undefined && { body: truncateBody(body) }),
      ...(state !== undefined && { state }),
      ...(state === 'closed' && { state_reason: reason }),
      ...(labels !== undefined && { labels: [...labels] }),
      request: WRITE,
    }),
  );
}
