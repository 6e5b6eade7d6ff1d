import type { BranchCommit, OwnBranch, OwnCommit, WriteOutcome } from '../state/own-branch.ts';
import { toAccount, type RestUser } from './accounts.ts';
import type { Room } from './ask.ts';
import { askGraph, fullName, read, readPages } from './ask.ts';
import { createBranch } from './commit-files.ts';
import { entrance, REAL_TIME, type OctokitFor } from './enter.ts';
import { GitHubError, MissingPermission } from './errors.ts';
import { isLost, readFailure, toGitHubError } from './failure.ts';
import type { Timing } from './octokit.ts';
import { COMMIT, filesOnBranch } from './queries.ts';
import { commitAnswer, filesAnswer } from './schema.ts';
import { truncateTitle } from './truncate.ts';
import { unlessGone } from './unless-gone.ts';

/** A branch of the App's own over GitHub. Every method throws the errors of `errors.ts` and no others. */
export function createOwnBranch(octokitFor: OctokitFor, timing: Timing = REAL_TIME): OwnBranch {
  const enter = entrance(octokitFor, timing);
  return {
    head: async (repository, branch) => readHead(await enter(repository), branch),
    read: async (repository, branch, paths) => readFiles(await enter(repository), branch, paths),
    newest: async (repository, branch) => readNewest(await enter(repository), branch),
    write: async (repository, commit) => writeCommit(await enter(repository), commit),
    commitsSince: async (repository, branch, since) =>
      readCommitsSince(await enter(repository), branch, since),
    broughtBy: async (repository, commit) => readBroughtBy(await enter(repository), commit),
  };
}

async function readHead(room: Room, branch: string): Promise<string | undefined> {
  return unlessGone(() =>
    read(room, `read the branch ${branch}`, async () => {
      const { data } = await room.octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', {
        ...room.at,
        ref: `heads/${branch}`,
      });
      return data.object.sha;
    }),
  );
}

/** Lastgood writes far smaller ones, and whoever may push could fill the memory by another. */
const LARGEST_FILE = 8 * 1024 * 1024;

function tooLarge(branch: string, path: string, size = 0): GitHubError {
  return new GitHubError(
    `The file ${path} of the branch ${branch} has ${size} bytes, and Lastgood reads no more than ${LARGEST_FILE}. ` +
      'A person has to look who wrote it, and take it away.',
    { audience: 'both' },
  );
}

async function readFiles(room: Room, branch: string, paths: readonly string[]) {
  return read(room, `read files of the branch ${branch}`, async () => {
    const answer = await askGraph(room.octokit, filesOnBranch(paths.length), {
      repository: room.repository.nodeId,
      ref: `refs/heads/${branch}`,
      ...Object.fromEntries(paths.map((path, i) => [`file${i}`, `${branch}:${path}`])),
    });
    const { ref, ...objects } = filesAnswer.parse(answer).node;
    const files = new Map<string, string>();
    for (const [i, path] of paths.entries()) {
      const found = objects[`file${i}`];
      if (found?.oid === undefined) continue;
      if ((found.byteSize ?? 0) > LARGEST_FILE) throw tooLarge(branch, path, found.byteSize);
      const whole = found.isTruncated === false ? found.text : undefined;
      files.set(path, whole ?? (await readBlob(room, found.oid)));
    }
    return { ...(ref?.target && { head: ref.target.oid }), files };
  });
}

/** GraphQL cuts long texts off. */
async function readBlob(room: Room, sha: string): Promise<string> {
  const { data } = await room.octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    ...room.at,
    file_sha: sha,
  });
  return Buffer.from(data.content, 'base64').toString('utf8');
}

async function readNewest(room: Room, branch: string): Promise<readonly BranchCommit[]> {
  const found = await unlessGone(() =>
    read(room, `read the commits of the branch ${branch}`, async () => {
      const { data } = await room.octokit.request('GET /repos/{owner}/{repo}/commits', {
        ...room.at,
        sha: branch,
        per_page: 100,
      });
      return data.map((one) => toCommit(one));
    }),
  );
  return found ?? [];
}

/** Refusals that only say that somebody else was first, or that the branch came or went (GitHub reality 19). */
const CONFLICT =
  /Expected branch to point to|already exists|Reference update failed|No such branch|does not exist/i;

async function writeCommit(room: Room, commit: OwnCommit): Promise<WriteOutcome> {
  const { branch, expected, from } = commit;
  try {
    if (expected === undefined) await createBranch(room, branch, from);
    const answer = await askGraph(room.octokit, COMMIT, {
      base: expected ?? from,
      branch: { repositoryNameWithOwner: fullName(room.repository), branchName: branch },
      message: { headline: truncateTitle(commit.headline), body: commit.body },
      changes: toChanges(commit.files),
    });
    const made = commitAnswer.parse(answer).createCommitOnBranch?.commit;
    if (!made) throw new GitHubError(`GitHub answered no commit on the branch ${branch}.`);
    return { kind: 'written', commit: made.oid, verified: made.signature?.isValid ?? false };
  } catch (error) {
    return toOutcome(room, error, `commit to the branch ${branch}`);
  }
}

function toChanges(files: OwnCommit['files']) {
  const entries = Object.entries(files);
  return {
    additions: entries.flatMap(([path, contents]) =>
      contents === null
        ? []
        : [{ path, contents: Buffer.from(contents, 'utf8').toString('base64') }],
    ),
    deletions: entries.flatMap(([path, contents]) => (contents === null ? [{ path }] : [])),
  };
}

function toOutcome(room: Room, error: unknown, doing: string): WriteOutcome {
  const failure = readFailure(error);
  const typed = toGitHubError(error, doing, fullName(room.repository), room.clock);
  if (typed instanceof MissingPermission) return { kind: 'forbidden', message: typed.message };
  if (isLost(failure) || !failure.known || typed.constructor !== GitHubError) throw typed;
  return CONFLICT.test(failure.message)
    ? { kind: 'conflict' }
    : { kind: 'forbidden', message: failure.message };
}

/** So many commits are looked at; a branch of the App's own gets a few a day. */
const MOST_COMMITS = 1_000;

async function readCommitsSince(room: Room, branch: string, since: string) {
  let status = 'ahead';
  const found = await unlessGone(() =>
    readPages(room, `compare the branch ${branch}`, MOST_COMMITS, async (page) => {
      const { data } = await room.octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
        ...room.at,
        basehead: `${since}...${branch}`,
        per_page: 100,
        page,
      });
      ({ status } = data);
      return { data: data.commits };
    }),
  );
  if (found && found.length >= MOST_COMMITS) {
    throw new GitHubError(
      `The branch ${branch} has ${MOST_COMMITS} new commits or more, so they cannot be checked. ` +
        'A person has to look who wrote to it.',
      { audience: 'both' },
    );
  }
  // 404: the commit is unknown, or the branch has no history in common with it, or is gone.
  const rewritten = found === undefined || status === 'diverged' || status === 'behind';
  return { rewritten, commits: (found ?? []).map((one) => toCommit(one)) };
}

interface RestCommit {
  readonly sha: string;
  readonly parents: readonly { readonly sha: string }[];
  readonly author: RestUser | object | null;
  readonly committer: RestUser | object | null;
  readonly commit: {
    readonly message: string;
    readonly verification?: { readonly verified: boolean };
    readonly committer: { readonly date?: string } | null;
  };
}

function toCommit(from: RestCommit): BranchCommit {
  const author = known(from.author);
  const committer = known(from.committer);
  return {
    oid: from.sha,
    parents: from.parents.map(({ sha }) => sha),
    message: from.commit.message,
    ...(author && { author: toAccount(author) }),
    ...(committer && { committer: toAccount(committer) }),
    verified: from.commit.verification?.verified ?? false,
    at: Date.parse(from.commit.committer?.date ?? ''),
  };
}

/** GitHub writes null or an empty object for somebody it does not know. */
function known(user: RestUser | object | null): RestUser | undefined {
  return user && 'id' in user && 'login' in user ? user : undefined;
}

async function readBroughtBy(room: Room, commit: string): Promise<readonly number[]> {
  return read(room, `read the pull requests of ${commit.slice(0, 12)}`, async () => {
    const { data } = await room.octokit.request(
      'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
      { ...room.at, commit_sha: commit },
    );
    return data.map(({ number }) => number);
  });
}
