import type { Oid } from '../releases/release.ts';
import type { Proposal } from '../rollback/forge.ts';
import type { Room } from './ask.ts';
import { fullName } from './ask.ts';
import { URGENT, WRITE } from './octokit.ts';

/** Whether `createCommitOnBranch` can make the commit: it knows plain files only (GitHub reality 33). */
export function isPlain(proposal: Proposal): boolean {
  return proposal.files.every((file) => file.mode === '100644');
}

/** The variables of `createCommitOnBranch`. */
export function commitVariables(room: Room, proposal: Proposal): Readonly<Record<string, unknown>> {
  return {
    base: proposal.base,
    branch: { repositoryNameWithOwner: fullName(room.repository), branchName: proposal.branch },
    message: proposal.commit,
    changes: {
      additions: proposal.files.map((file) => ({
        path: file.path,
        contents: Buffer.from(file.contents, 'utf8').toString('base64'),
      })),
    },
  };
}

const MODES = ['100644', '100755', '120000'] as const;

/**
 * Makes the commit through the Git Data API, which keeps file modes. It is on no branch yet, so repeating it does no
 * harm. GitHub signs it because it names no author (GitHub reality 22).
 */
export async function makeCommit(
  room: Room,
  proposal: Pick<Proposal, 'base' | 'commit' | 'files'>,
): Promise<Oid> {
  const { octokit, at } = room;
  const base = await octokit.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    ...at,
    commit_sha: proposal.base,
  });
  const tree = await octokit.request('POST /repos/{owner}/{repo}/git/trees', {
    ...at,
    base_tree: base.data.tree.sha,
    tree: proposal.files.map((file) => ({
      path: file.path,
      mode: MODES.find((mode) => mode === file.mode) ?? '100644',
      type: 'blob' as const,
      content: file.contents,
    })),
    request: URGENT,
  });
  const { headline, body } = proposal.commit;
  const commit = await octokit.request('POST /repos/{owner}/{repo}/git/commits', {
    ...at,
    message: body === '' ? headline : `${headline}\n\n${body}`,
    tree: tree.data.sha,
    parents: [proposal.base],
    request: URGENT,
  });
  return commit.data.sha;
}

export async function createBranch(room: Room, branch: string, oid: Oid): Promise<void> {
  await room.octokit.request('POST /repos/{owner}/{repo}/git/refs', {
    ...room.at,
    ref: `refs/heads/${branch}`,
    sha: oid,
    request: URGENT,
  });
}

/** Moves a branch forward; GitHub refuses when that would lose a commit. */
export async function forwardBranch(room: Room, branch: string, oid: Oid): Promise<void> {
  await room.octokit.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
    ...room.at,
    ref: `heads/${branch}`,
    sha: oid,
    force: false,
    request: URGENT,
  });
}

/** Deletes a branch. One that is gone already is fine. */
export async function removeBranch(room: Room, branch: string): Promise<void> {
  await room.octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', {
    ...room.at,
    ref: `heads/${branch}`,
    request: WRITE,
  });
}
