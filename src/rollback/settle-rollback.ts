import type { RollbackRecord } from '../journal/trailers.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { Oid, Release } from '../releases/release.ts';
import { beginRecovery } from '../recovery/begin-recovery.ts';
import { flatten } from '../texts/escape.ts';
import type { Instant } from '../time.ts';
import { runs, type MergeProof } from './next-step.ts';
import { bringUpToDate, policyOf } from './up-to-date.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/** How a rollback came to be merged. `person`: somebody pressed the button, or the answer of our own call got lost. */
export interface Merged {
  readonly commit: Oid;
  readonly at: Instant;
  readonly by: MergeProof['by'] | 'person';
  /** What its commit says, where Lastgood wrote that. */
  readonly record?: RollbackRecord;
}

const BY = {
  policy: 'by itself, as the policy allows',
  timeout: 'without an approval, because nobody decided in time and the policy merges then',
  approval: 'as approved',
  person: 'by a person',
};

/** How a rollback came to be merged, in words: "by a person". */
export function how({ record: { requestedBy } }: OpenRollback, { by }: Pick<Merged, 'by'>): string {
  return by === 'policy' && requestedBy
    ? `without an approval, because ${flatten(requestedBy.login)} broke the glass`
    : BY[by];
}

/**
 * Records that a rollback is merged, and reads again what stands at the merge commit: the merge call compares the
 * head only, so a pin that somebody changed at the same moment makes a pair that never ran together.
 * Answers that release when it is not the one that was planned. May be done again when the reading failed.
 */
export async function settleMerged(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  merged: Merged,
): Promise<Release | undefined> {
  const { repository } = workspace;
  const past = workspace.past.get(rollback.branch);
  if (past?.state !== 'merged') {
    if (past) {
      workspace.past.set(rollback.branch, {
        ...past,
        state: 'merged',
        mergedAt: merged.at,
        automatic: merged.by === 'policy' || merged.by === 'timeout',
      });
    }
    beginRecovery(workspace, ports, rollback, merged);
    ports.journal.write({
      kind: 'merged',
      at: merged.at,
      repository: fullName(repository),
      incident: rollback.branch,
      number: rollback.number,
      commit: merged.commit,
      by: merged.by,
      ...(merged.record && { record: merged.record }),
      sentence: `Pull request #${rollback.number} merged ${how(rollback, merged)}.`,
    });
  }
  await bringUpToDate(workspace, ports);
  workspace.open.delete(rollback.branch);
  const policy = policyOf(workspace, rollback.plan.target);
  if (!policy) return undefined;
  const standing = await readRunning(workspace.manifests, policy.pins, merged.commit);
  return runs(standing, rollback.plan.goal.versions) ? undefined : standing;
}

/** Records that a rollback was closed without a merge. `ending` reads on from the name of its pull request. */
export function recordClosed(
  workspace: Workspace,
  ports: Ports,
  { branch, number }: Pick<OpenRollback, 'branch' | 'number'>,
  state: 'closed-by-person' | 'closed-by-lastgood' | 'closed-unanswered',
  ending: string,
): void {
  const past = workspace.past.get(branch);
  if (past) workspace.past.set(branch, { ...past, state });
  workspace.open.delete(branch);
  ports.journal.write({
    kind: 'closed',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    incident: branch,
    number,
    by: state === 'closed-by-person' ? 'person' : 'lastgood',
    sentence: `Pull request #${number} ${ending}`,
  });
}

/** Records that somebody closed a rollback: a no, which is not asked again for the same incident. */
export function settleClosed(workspace: Workspace, ports: Ports, rollback: OpenRollback): void {
  const no = 'was closed by a person. That is a no: it is not opened again for this incident.';
  recordClosed(workspace, ports, rollback, 'closed-by-person', no);
}
