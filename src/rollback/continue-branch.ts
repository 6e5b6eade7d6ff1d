import type { Decision } from '../decision/decision.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import { readRunning } from '../releases/read-releases.ts';
import { advanceRollback } from './advance-rollback.ts';
import { alertFires } from './alert-fires.ts';
import { incidentOf } from './branch.ts';
import { evidenceOf } from './evidence-of-record.ts';
import type { RollbackBranch } from './forge.ts';
import { openRollback } from './open-rollback.ts';
import { planAgain } from './recall-rollbacks.ts';
import { policyOf } from './up-to-date.ts';
import type { Ports, Workspace } from './workspace.ts';

/** Why a branch without a pull request is left as it is. */
export type LeftBranch =
  /** Its target has no valid policy. */
  | 'no-policy'
  /** Its bad release no longer runs. The branch may be deleted. */
  | 'over'
  /** The alert fires, and goes on with it by itself. */
  | 'alert-fires'
  /** Nothing was committed to it, or not by Lastgood: the alert says what to do, when it comes again. */
  | 'no-record'
  /** The plan cannot be made any more. */
  | 'no-plan';

const DECISION: Decision = { act: 'review', reason: 'policy', facts: {} };

/**
 * Opens the pull request of a branch whose maker died before doing so, for review: what its alert does now is not
 * known. Only for a branch that carries the record of its incident, while the bad release still runs. What stands
 * on the branch is compared with the plan by `Forge.propose`, which throws when it is something else.
 */
export async function continueBranch(
  workspace: Workspace,
  ports: Ports,
  { branch, head }: RollbackBranch,
): Promise<'continued' | LeftBranch> {
  const incident = incidentOf(branch);
  const policy = incident && policyOf(workspace, incident.target);
  if (!policy) return 'no-policy';
  const { commit } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, commit);
  if (running.commit !== incident.badCommit) return 'over';
  if (alertFires(workspace, incident.target)) return 'alert-fires';
  const { message } = await ports.forge.commit(workspace.repository, head);
  const reading = readTrailers(message);
  if (!reading.ok || reading.record.badCommit !== incident.badCommit) return 'no-record';
  const { record } = reading;
  const found = await planAgain(workspace, ports, policy, record);
  if (!found.planned.ok) return 'no-plan';
  const { rollback, pull } = await openRollback(workspace, ports, {
    policy,
    evidence: evidenceOf(record),
    decision: DECISION,
    running: found.running,
    selection: found.selection,
    plan: found.planned.plan,
  });
  workspace.open.set(branch, {
    ...rollback,
    record,
    merges: record.mode === 'automatic' ? 'not-since-restart' : 'no',
  });
  await advanceRollback(workspace, ports, branch, pull);
  return 'continued';
}
