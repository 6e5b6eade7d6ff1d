import { NOBODY_ASKED, type ApprovalState } from '../approval/approval.ts';
import { timeLeft } from '../approval/waited.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { Release } from '../releases/release.ts';
import { keepsBack } from '../state/look-up.ts';
import { restrictionsNow } from '../state/view.ts';
import type { Instant } from '../time.ts';
import { countApprovals } from './count-approvals.ts';
import type { PullRequest } from './forge.ts';
import { mergesItself, type StepInput } from './next-step.ts';
import { readLicense, readUnansweredLicense, type License } from './read-license.ts';
import { watchStorm } from './watch-storm.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** What is true of an open rollback now, and when that may change by itself. */
export interface Situation extends StepInput {
  /** When the policy or its limits may allow it to merge by itself. */
  readonly recheckAt?: Instant;
  /** When it may be allowed to merge without an approval. */
  readonly unansweredRecheckAt?: Instant;
}

/**
 * Reads all that decides about the next step of an open rollback. GitHub is asked about approvals only, and not where
 * nobody can have given one: `isNew` says that the pull request was opened just now.
 */
export async function readSituation(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  policy: TargetPolicy,
  pull: PullRequest,
  isNew: boolean,
): Promise<Situation> {
  const { commit } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, commit);
  const { merges } = rollback;
  const firing = isFiring(workspace, rollback);
  const { licensed, recheckAt } = readLicense(workspace, ports, rollback, policy, running);
  const storm = watchStorm(workspace, ports) !== undefined;
  const restrictions = restrictionsNow(workspace.state, policy.target, ports.clock());
  const stopped = Object.keys(restrictions).length > 0 || isGoalQuarantined(workspace, rollback);
  const approval: ApprovalState =
    isNew && !stopped && mergesItself({ merges, firing, licensed, storm })
      ? NOBODY_ASKED
      : await countApprovals(workspace, ports, policy, pull, rollback);
  const unanswered = readUnanswered(workspace, ports, rollback, policy, running);
  return {
    pull,
    badCommit: rollback.badCommit,
    bad: rollback.plan.bad.versions,
    verifiedHead: rollback.verifiedHead,
    plannedOn: rollback.plan.base,
    newest: commit,
    merges,
    defaultBranch: workspace.repository.defaultBranch,
    running,
    goal: rollback.plan.goal.versions,
    restrictions,
    goalQuarantined: isGoalQuarantined(workspace, rollback),
    firing,
    licensed,
    storm,
    approvals: policy.approvals,
    approval,
    timeUp: isTimeUp(ports, rollback, policy, pull),
    unansweredLicensed: unanswered.licensed,
    ...(recheckAt !== undefined && { recheckAt }),
    ...(unanswered.recheckAt !== undefined && { unansweredRecheckAt: unanswered.recheckAt }),
  };
}

/** Nothing goes back to what was quarantined since it was planned, whoever approves it. */
function isGoalQuarantined({ state: { state } }: Workspace, { plan }: OpenRollback): boolean {
  const { target, goal } = plan;
  const commit = goal.kind === 'release' ? goal.commit : undefined;
  return keepsBack(state, target, goal.versions, commit) !== undefined;
}

/** Whether it may be merged without an approval once nobody decided in time; looked for only where the policy asks it. */
function readUnanswered(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  policy: TargetPolicy,
  running: Release,
): License {
  if (policy.approvals.onTimeout !== 'merge') return { licensed: false };
  return readUnansweredLicense(workspace, ports, rollback, policy, running);
}

/** Whether people had as long as the policy gives them to decide about this head. */
function isTimeUp(
  ports: Ports,
  { waited }: OpenRollback,
  { approvals }: TargetPolicy,
  { head }: PullRequest,
): boolean {
  return waited?.head === head && timeLeft(waited, approvals, ports.clock()).timeUp;
}

function isFiring(workspace: Workspace, rollback: OpenRollback): boolean {
  return [...rollback.alerts].some(
    (alert) => workspace.evidence.get(alert)?.alert.status === 'firing',
  );
}
