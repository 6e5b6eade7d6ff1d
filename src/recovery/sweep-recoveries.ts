import { readTrailers } from '../journal/read-trailers.ts';
import { readRunning } from '../releases/read-releases.ts';
import { incidentOf } from '../rollback/branch.ts';
import { evidenceOf } from '../rollback/evidence-of-record.ts';
import type { PullRequest } from '../rollback/forge.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { DAY } from '../time.ts';
import { lookAtRecovery } from './follow-recovery.ts';
import { RECALLED } from './lost-outcome.ts';

/** What is over is remembered for so long, so that it is not taken for one that nobody followed. */
const REMEMBERED = 7 * DAY;

/**
 * Looks after what no event may come of: a report that got lost, and a merged rollback whose recovery the store does not
 * know of. `merged` are those that GitHub lists.
 */
export async function sweepRecoveries(
  workspace: Workspace,
  ports: Ports,
  merged: readonly Pick<PullRequest, 'branch' | 'number' | 'mergeCommit' | 'mergedAt'>[],
): Promise<void> {
  const now = ports.clock();
  for (const pull of merged) await recall(workspace, ports, pull);
  for (const { branch, phase, rolledOut, mergedAt } of workspace.recovering.values()) {
    if (phase === 'over' && now - mergedAt > REMEMBERED) workspace.recovering.delete(branch);
    if (phase !== 'over' && !rolledOut) await lookAtRecovery(workspace, ports, branch);
  }
}

/** Follows a merged rollback that runs, by what its merge commit says of it. */
async function recall(
  workspace: Workspace,
  ports: Ports,
  {
    branch,
    number,
    mergeCommit,
    mergedAt,
  }: Pick<PullRequest, 'branch' | 'number' | 'mergeCommit' | 'mergedAt'>,
): Promise<void> {
  const incident = incidentOf(branch);
  const policy = incident && policyOf(workspace, incident.target);
  if (!policy || mergeCommit === undefined || mergedAt === undefined) return;
  if (workspace.recovering.has(branch) || ports.clock() - mergedAt > RECALLED) return;
  const { commit } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, commit);
  const reading = readTrailers(running.body);
  if (running.commit !== mergeCommit || !reading.ok) return;
  const { record } = reading;
  const { alert } = evidenceOf(record);
  workspace.recovering.set(branch, {
    branch,
    number,
    target: incident.target,
    commit: mergeCommit,
    mergedAt,
    goal: record.to,
    severity: alert.severity,
    alert: { name: alert.name, source: alert.source },
    alerts: [],
    phase: 'rolling-out',
    recalled: true,
    told: [],
  });
}
