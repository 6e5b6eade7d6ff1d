import type { Report } from '../recovery/roll-out.ts';
import type { Oid } from '../releases/release.ts';
import { askGraph, read, type Room } from './ask.ts';
import { REPORTS } from './queries.ts';
import { reportsAnswer, type ReportedAnswer } from './schema.ts';

/**
 * What deployments and commit statuses say of a commit and of one after it; both may be the same. One request. More
 * than the newest 100 deployments of one commit are not looked at.
 */
export async function readReports(room: Room, commit: Oid, after: Oid): Promise<readonly Report[]> {
  const { node } = await read(
    room,
    `read what was rolled out of ${commit.slice(0, 12)}`,
    async () =>
      reportsAnswer.parse(
        await askGraph(room.octokit, REPORTS, {
          repository: room.repository.nodeId,
          commit,
          after,
        }),
      ),
  );
  return commit === after ? reportsOf(node.commit) : [node.commit, node.after].flatMap(reportsOf);
}

function reportsOf(answer: ReportedAnswer): readonly Report[] {
  const statuses = (answer?.status?.contexts ?? []).map(
    ({ context, state, createdAt }): Report => ({
      kind: 'status',
      name: context,
      state: stateOf(state),
      at: Date.parse(createdAt),
    }),
  );
  const deployments = (answer?.deployments?.nodes ?? []).flatMap((one): Report[] => {
    // An older deployment of the same environment: GitHub sets it inactive when a newer one succeeds.
    if (one?.latestStatus?.state === 'INACTIVE') return [];
    if (!one) return [];
    const { environment, latestStatus, createdAt } = one;
    const state = stateOf(latestStatus?.state ?? 'PENDING');
    const at = Date.parse(latestStatus?.createdAt ?? createdAt);
    return [{ kind: 'deployment', name: environment ?? 'production', state, at }];
  });
  return [...statuses, ...deployments];
}

function stateOf(state: string): Report['state'] {
  if (state === 'SUCCESS') return 'success';
  return state === 'FAILURE' || state === 'ERROR' ? 'failure' : 'running';
}
