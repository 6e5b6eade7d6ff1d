import { judgeOpenLater } from '../check/judge-open.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import { targetKey } from '../target.ts';
import { CLOSED_BY_PERSON, mergedStatus } from '../texts/outcome.ts';
import { givenUpSentence } from '../texts/waited.ts';
import { owesReview } from './ask-afterwards.ts';
import { finishClosing, tidyLater } from './close-rollback.ts';
import type { PullRequest } from './forge.ts';
import { settleGivenUp } from './give-up.ts';
import { repairPair } from './repair-pair.ts';
import { how, settleClosed, settleMerged, type Merged } from './settle-rollback.ts';
import { tellOutcomeLater } from './tell-outcome.ts';
import { policyOf } from './up-to-date.ts';
import type { Advance, OpenRollback, Ports, Workspace } from './workspace.ts';

/**
 * Takes note of how a pull request ended: a person did it, or a process that died right after it. Where a merge left
 * another pair standing, `advance` takes on what brings the planned one back.
 */
export async function endRollback(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  advance: Advance,
): Promise<void> {
  const byApp = pull.traces?.endedByApp ?? false;
  if (pull.state === 'closed') {
    if (byApp && (await finishClosing(workspace, ports, rollback, pull))) return;
    if (byApp && pull.traces?.unanswered === true) {
      const { target } = rollback.plan;
      const { timeout } = policyOf(workspace, target)?.approvals ?? { timeout: 0 };
      return settleGivenUp(
        workspace,
        ports,
        rollback,
        pull,
        givenUpSentence(targetKey(target), timeout),
      );
    }
    tellOutcomeLater(ports, pull, CLOSED_BY_PERSON);
    return settleClosed(workspace, ports, rollback);
  }
  const commit = pull.mergeCommit ?? (await workspace.manifests.head()).commit;
  const at = pull.mergedAt ?? ports.clock();
  const how = byApp
    ? await allowedBy(workspace, ports, rollback, commit)
    : ({ by: 'person' } as const);
  await finishMerged(workspace, ports, rollback, pull, { commit, at, ...how }, advance);
}

/** What allowed Lastgood to merge, by what the merge commit says; a queue's may say nothing, and then the proposal does. */
async function allowedBy(
  { repository }: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  commit: string,
): Promise<Pick<Merged, 'by' | 'record'>> {
  const reading = readTrailers((await ports.forge.commit(repository, commit)).message);
  const record = reading.ok ? reading.record : rollback.record;
  if (record.mode !== 'automatic') return { by: 'approval', record };
  return { by: record.unansweredFor === undefined ? 'policy' : 'timeout', record };
}

/**
 * Settles a merged rollback, and brings the pair back at once where the merge left another one standing: `advance`
 * takes that on.
 */
export async function finishMerged(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  merged: Merged,
  advance: Advance,
): Promise<void> {
  const mixed = await settleMerged(workspace, ports, rollback, merged);
  const status = mergedStatus(merged.commit, how(rollback, merged), mixed !== undefined);
  tellOutcomeLater(ports, pull, status);
  if (mixed) await repairPair(workspace, ports, rollback, merged, mixed, advance);
  ports.later({ kind: 'quarantine', attempts: 1 }, ports.clock());
  judgeOpenLater(ports, rollback.plan.target);
  const { branch, number, record } = rollback;
  if (!owesReview(rollback, merged)) return tidyLater(ports, branch);
  const brokeGlass = merged.by === 'policy' ? record.requestedBy?.login : undefined;
  const due = { kind: 'review-afterwards', branch, number, attempts: 1 } as const;
  ports.later({ ...due, ...(brokeGlass !== undefined && { brokeGlass }) }, ports.clock());
}
