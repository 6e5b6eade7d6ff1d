import type { Account, Review } from '../rollback/forge.ts';
import type { RepositoryRole } from '../policy/policy.ts';
import { REPOSITORY_ROLES } from '../policy/policy.ts';
import { toAccount } from './accounts.ts';
import type { Room } from './ask.ts';
import { read, readPages } from './ask.ts';
import { CouldNotVerify, GitHubError, NotInstalled, Truncated } from './errors.ts';

const REVIEW_STATES = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
} as const;

function isReviewState(state: string): state is keyof typeof REVIEW_STATES {
  return Object.hasOwn(REVIEW_STATES, state);
}

/** The submitted reviews, oldest first. Those of deleted accounts are left out: nobody can be asked about them. */
export async function readReviews(room: Room, number: number): Promise<readonly Review[]> {
  const reviews = await readPages(
    room,
    `read the reviews of pull request #${number}`,
    Number.POSITIVE_INFINITY,
    (page) =>
      room.octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
        ...room.at,
        pull_number: number,
        per_page: 100,
        page,
      }),
  );
  return reviews.flatMap((review): readonly Review[] => {
    if (!review.user || !isReviewState(review.state) || review.submitted_at === undefined)
      return [];
    return [
      {
        id: Number(review.id),
        user: toAccount(review.user),
        state: REVIEW_STATES[review.state],
        commit: review.commit_id ?? '',
        at: Date.parse(review.submitted_at),
      },
    ];
  });
}

/** GitHub shows no commit of a pull request beyond this (GitHub reality 25). */
const MOST_COMMITS = 250;

/** Authors and committers of a pull request's commits, each once, where GitHub knows the account. */
export async function readCommitAuthors(room: Room, number: number): Promise<readonly Account[]> {
  const commits = await readPages(
    room,
    `read the commits of pull request #${number}`,
    MOST_COMMITS,
    (page) =>
      room.octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', {
        ...room.at,
        pull_number: number,
        per_page: 100,
        page,
      }),
  );
  if (commits.length >= MOST_COMMITS) throw new Truncated('commits', MOST_COMMITS);
  const accounts = new Map<number, Account>();
  for (const user of commits.flatMap((commit) => [commit.author, commit.committer])) {
    // GitHub writes an empty object for an author it does not know.
    if (!user || !('id' in user) || !('login' in user)) continue;
    const account = toAccount({ id: user.id, login: user.login, type: user.type });
    accounts.set(account.id, account);
  }
  return [...accounts.values()];
}

function isRole(role: string): role is RepositoryRole {
  return REPOSITORY_ROLES.some((one) => one === role);
}

/**
 * The role of a user. `role_name` is exact; a custom role counts as the permission it is built on; 404 is none
 * (GitHub realities 14 and 15). Throws `CouldNotVerify` for every other answer, and when the login now is somebody
 * else's (GitHub reality 26).
 */
export async function readRole(room: Room, user: Account): Promise<RepositoryRole | 'none'> {
  const what = `the role of ${user.login}`;
  const data = await verify(what, () =>
    read(room, `read ${what}`, async () => {
      const answer = await room.octokit.request(
        'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
        { ...room.at, username: user.login },
      );
      return answer.data;
    }),
  );
  if (data === undefined) return 'none';
  if (data.user && Number(data.user.id) !== user.id) {
    throw new CouldNotVerify(what, 'The login belongs to another account now.');
  }
  if (isRole(data.role_name)) return data.role_name;
  return isRole(data.permission) ? data.permission : 'none';
}

/** Whether the user is an active member; an invitation that is pending is none. Throws `CouldNotVerify`. */
export async function readTeamMembership(
  room: Room,
  team: { readonly org: string; readonly slug: string },
  user: Account,
): Promise<boolean> {
  const what = `whether ${user.login} is in the team ${team.org}/${team.slug}`;
  const data = await verify(what, () =>
    read(room, `read ${what}`, async () => {
      const answer = await room.octokit.request(
        'GET /orgs/{org}/teams/{team_slug}/memberships/{username}',
        { org: team.org, team_slug: team.slug, username: user.login },
      );
      return answer.data;
    }),
  );
  return data?.state === 'active';
}

/** Answers undefined for 404; turns every other failure into `CouldNotVerify`. */
async function verify<T>(what: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GitHubError) || error instanceof NotInstalled) throw error;
    if (error.status === 404) return undefined;
    throw new CouldNotVerify(what, error.message, { status: error.status, cause: error });
  }
}
