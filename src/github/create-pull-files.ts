import type { ChangedFile, ChangedFiles, OpenPull, PullFiles } from '../check/pull-files.ts';
import type { Oid } from '../releases/release.ts';
import type { Room } from './ask.ts';
import { askGraph, read } from './ask.ts';
import { GitHubError } from './errors.ts';
import { entrance, REAL_TIME, type OctokitFor } from './enter.ts';
import type { Timing } from './octokit.ts';
import { OPEN_PULLS } from './queries.ts';
import { openPullsAnswer } from './schema.ts';
import { unlessGone } from './unless-gone.ts';

/** GitHub shows no more files of a comparison than these (GitHub reality 25). */
const MOST_FILES = 300;

/** What pull requests change, over GitHub. Every method throws the errors of `errors.ts` and no others. */
export function createPullFiles(octokitFor: OctokitFor, timing: Timing = REAL_TIME): PullFiles {
  const enter = entrance(octokitFor, timing);
  return {
    open: async (repository, most) => readOpen(await enter(repository), most),
    changed: async (repository, range) => readChanged(await enter(repository), range),
    blob: async (repository, blob) => readBlob(await enter(repository), blob),
    blobAt: async (repository, commit, path) =>
      readBlobAt(await enter(repository), { commit, path }),
  };
}

async function readOpen(room: Room, most: number): Promise<readonly OpenPull[]> {
  const { nodeId, defaultBranch } = room.repository;
  const variables = { repository: nodeId, into: defaultBranch, most };
  const answer = await read(room, 'list the open pull requests', async () =>
    openPullsAnswer.parse(await askGraph(room.octokit, OPEN_PULLS, variables)),
  );
  return answer.node.pullRequests.nodes.flatMap((pull) => {
    if (pull === null) return [];
    const { number, headRefName, isCrossRepository, files } = pull;
    const moved = files?.nodes.some((file) => file?.changeType === 'RENAMED') ?? false;
    return {
      number,
      branch: isCrossRepository ? `fork:${headRefName}` : headRefName,
      paths: (files?.nodes ?? []).flatMap((file) => file?.path ?? []),
      // GitHub works out the files of a pull request a moment after it was opened.
      complete: files !== null && files.totalCount === files.nodes.length && !moved,
    };
  });
}

interface RestFile {
  readonly filename: string;
  readonly sha: string | null;
  readonly status: string;
  readonly previous_filename?: string | undefined;
}

function toChanges({ filename: path, sha, status, previous_filename: from }: RestFile) {
  const changes: ChangedFile[] = [
    { path, blob: status === 'removed' ? undefined : (sha ?? undefined) },
  ];
  if (status === 'renamed' && from !== undefined) changes.push({ path: from, blob: undefined });
  return changes;
}

async function readChanged(
  room: Room,
  { base, head }: { readonly base: Oid; readonly head: Oid },
): Promise<ChangedFiles> {
  const { data } = await read(room, `compare ${base.slice(0, 12)} with ${head.slice(0, 12)}`, () =>
    room.octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...room.at,
      basehead: `${base}...${head}`,
      per_page: 1,
    }),
  );
  const files = data.files ?? [];
  const start = data.merge_base_commit.sha;
  return { files: files.flatMap(toChanges), complete: files.length < MOST_FILES, start };
}

async function readBlob(room: Room, blob: Oid): Promise<Uint8Array | undefined> {
  const found = await unlessNone(() =>
    read(room, `read the file ${blob.slice(0, 12)}`, () =>
      room.octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
        ...room.at,
        file_sha: blob,
      }),
    ),
  );
  if (!found) return undefined;
  const { content, encoding } = found.data;
  return Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
}

/** GitHub refuses the name of a commit, which is what a submodule has for a blob. */
async function unlessNone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await unlessGone(ask);
  } catch (error) {
    if (error instanceof GitHubError && error.status === 422) return undefined;
    throw error;
  }
}

async function readBlobAt(
  room: Room,
  { commit, path }: { readonly commit: Oid; readonly path: string },
): Promise<Oid | undefined> {
  const found = await unlessGone(() =>
    read(room, `look for ${path}`, () =>
      room.octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
        ...room.at,
        path,
        ref: commit,
      }),
    ),
  );
  const data = found?.data;
  return data && !Array.isArray(data) && data.type === 'file' ? data.sha : undefined;
}
