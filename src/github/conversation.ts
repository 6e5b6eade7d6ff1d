import type { Principal } from '../policy/policy.ts';
import type { Room } from './ask.ts';
import { fullName, write } from './ask.ts';
import { removeBranch } from './commit-files.ts';
import { GitHubDown, RateLimited } from './errors.ts';
import { readFailure, toGitHubError } from './failure.ts';
import { WRITE } from './octokit.ts';
import { truncateBody } from './truncate.ts';

const ASK = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers' as const;

/**
 * Asks for reviews: all in one request, one by one when GitHub refuses it, as it does for one who is no collaborator.
 * Answers those who could not be asked. Throws only what may pass by itself, so that it is done again then.
 */
export async function requestReviews(
  room: Room,
  number: number,
  from: readonly Principal[],
): Promise<readonly Principal[]> {
  const owner = room.repository.owner.toLowerCase();
  const people = from.filter((one) => one.kind !== 'role');
  const askable = people.filter((one) => one.kind === 'user' || one.org.toLowerCase() === owner);
  const refused = people.filter((one) => !askable.includes(one));
  if (askable.length === 0) return refused;
  const first = await ask(room, number, askable);
  if (first === 'asked') return refused;
  if (first === 'failed' || askable.length === 1) return [...refused, ...askable];
  for (const one of askable) {
    if ((await ask(room, number, [one])) !== 'asked') refused.push(one);
  }
  return refused;
}

async function ask(
  room: Room,
  number: number,
  from: readonly Principal[],
): Promise<'asked' | 'refused' | 'failed'> {
  try {
    await room.octokit.request(ASK, {
      ...room.at,
      pull_number: number,
      reviewers: from.flatMap((one) => (one.kind === 'user' ? [one.login] : [])),
      team_reviewers: from.flatMap((one) => (one.kind === 'team' ? [one.slug] : [])),
      request: WRITE,
    });
    return 'asked';
  } catch (error) {
    const typed = toGitHubError(error, 'ask for reviews', fullName(room.repository), room.clock);
    if (typed instanceof RateLimited || typed instanceof GitHubDown) throw typed;
    const { status } = readFailure(error);
    return status === 422 || status === 404 ? 'refused' : 'failed';
  }
}

export async function addLabels(
  room: Room,
  number: number,
  labels: readonly string[],
): Promise<void> {
  if (labels.length === 0) return;
  await write(room, `label pull request #${number}`, () =>
    room.octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
      ...room.at,
      issue_number: number,
      labels: [...labels],
      request: WRITE,
    }),
  );
}

export async function addComment(room: Room, number: number, body: string): Promise<void> {
  await write(room, `comment on pull request #${number}`, () =>
    room.octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...room.at,
      issue_number: number,
      body: truncateBody(body),
      request: WRITE,
    }),
  );
}

/** Sets the text or the state of a pull request. */
export async function updatePull(
  room: Room,
  number: number,
  change: { readonly body: string } | { readonly state: 'closed' | 'open' },
): Promise<void> {
  await write(room, `update pull request #${number}`, () =>
    room.octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...room.at,
      pull_number: number,
      ...('body' in change ? { body: truncateBody(change.body) } : change),
      request: WRITE,
    }),
  );
}

/** Deletes a branch. One that is gone already is fine. */
export async function deleteBranch(room: Room, branch: string): Promise<void> {
  await write(room, `delete the branch ${branch}`, async () => {
    try {
      await removeBranch(room, branch);
    } catch (error) {
      const { status, message } = readFailure(error);
      if (status === 404 || (status === 422 && /does not exist/i.test(message))) return;
      throw error;
    }
  });
}
