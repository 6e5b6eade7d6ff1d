import type { Proposal, PullRequest } from '../rollback/forge.ts';
import { blobOid } from '../releases/blob-oid.ts';
import type { Oid } from '../releases/release.ts';
import type { Room } from './ask.ts';
import { askGraph, isMissing, read } from './ask.ts';
import { LOOK } from './queries.ts';
import type { PullAnswer } from './schema.ts';
import { lookAnswer, toPullRequest } from './schema.ts';

/** What GitHub has of a proposal already. */
export interface Existing {
  readonly branch?: {
    readonly head: Oid;
    /** `none`: no commit of its own. `as-proposed`: changes exactly the proposed files to the proposed contents. */
    readonly content: 'none' | 'as-proposed' | 'other';
    readonly verified: boolean;
  };
  /** Every pull request the branch ever had and that counts, newest first. */
  readonly pulls: readonly PullRequest[];
}

/**
 * Keeps the pull requests that count: of this repository, because a fork may have a branch of the same name; the App's
 * own, unless it withdrew them; somebody else's only while they are open and in the way.
 */
export function countedPulls(nodes: readonly (PullAnswer | null)[]): readonly PullRequest[] {
  return nodes.flatMap((node) => {
    if (node === null || node.isCrossRepository) return [];
    const pull = toPullRequest(node);
    return (pull.own && !pull.withdrawn) || pull.state === 'open' ? [pull] : [];
  });
}

/** Looks what exists of a proposal; two requests, one when there is no branch. */
export async function readExisting(room: Room, proposal: Proposal): Promise<Existing> {
  const { node } = await read(
    room,
    `read the branch ${proposal.branch}`,
    async () => {
      const variables = {
        repository: room.repository.nodeId,
        ref: `refs/heads/${proposal.branch}`,
        from: proposal.branch,
      };
      return lookAnswer.parse(await askGraph(room.octokit, LOOK, variables));
    },
    isMissing,
  );
  const pulls = countedPulls(node.pullRequests.nodes);
  const target = node.ref?.target;
  if (!target) return { pulls };
  const content = await readContent(room, proposal, target.oid);
  const verified = target.signature?.isValid ?? false;
  return { branch: { head: target.oid, content, verified }, pulls };
}

async function readContent(
  room: Room,
  proposal: Proposal,
  head: Oid,
): Promise<'none' | 'as-proposed' | 'other'> {
  if (head === proposal.base) return 'none';
  const basehead = `${room.repository.defaultBranch}...${head}`;
  const { data } = await read(
    room,
    `compare the branch ${proposal.branch}`,
    () =>
      room.octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
        ...room.at,
        basehead,
      }),
    isMissing,
  );
  if (data.ahead_by === 0) return 'none';
  return sameFiles(proposal, data.files ?? []) ? 'as-proposed' : 'other';
}

/** Whether a comparison's files are exactly those of the proposal. */
export function sameFiles(
  proposal: Proposal,
  files: readonly {
    readonly filename: string;
    readonly sha: string | null;
    readonly status: string;
  }[],
): boolean {
  const found = new Map(files.map((file) => [file.filename, file]));
  return (
    found.size === proposal.files.length &&
    proposal.files.every((file) => {
      const there = found.get(file.path);
      return (
        (there?.status === 'modified' || there?.status === 'added') &&
        there.sha === blobOid(file.contents)
      );
    })
  );
}
