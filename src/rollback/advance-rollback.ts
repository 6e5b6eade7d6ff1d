/**
 * What happens to a rollback pull request once it is open.
 *
 * The races: the default branch moves while people review (another release, a rollback by hand, a change of
 * one pin of the pair); somebody pushes to the rollback's branch; the alert resolves; the answer of a merge
 * gets lost; two events ask for the same step at once.
 *
 * What must hold: only the evaluated head is merged, only while the bad release still runs, only by the policy
 * or with the approvals it asks for; what stands after the merge is the pair that the plan names.
 *
 * How: every event leads to the same function. It reads what is true now, asks `nextStep`, and does that one
 * thing; doing it again is harmless. Calls for one repository come one after another (its lane). The merge call
 * compares and swaps the head only, so the pair is read again at the merge commit.
 */
import type { Decision } from '../decision/decision.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { NOBODY_ASKED, type ApprovalState } from '../approval/approval.ts';
import { readRunning } from '../releases/read-releases.ts';
import { approvalSentence } from '../texts/approval.ts';
import { waitingSentence } from '../texts/waiting.ts';
import { closeRollback } from './close-rollback.ts';
import { countApprovals } from './count-approvals.ts';
import type { PullRequest } from './forge.ts';
import { mergeRollback } from './merge-rollback.ts';
import { makePlan } from './make-plan.ts';
import { nextStep } from './next-step.ts';
import { openRollback } from './open-rollback.ts';
import { settleClosed, settleMerged, type Merged } from './settle-rollback.ts';
import { tellStatus } from './tell-status.ts';
import { bringUpToDate, policyOf } from './up-to-date.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/**
 * Takes an open rollback one step further, or says in its pull request what it waits for.
 * `seen` is the pull request where the caller has read it just now.
 */
export async function advanceRollback(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  seen?: PullRequest,
): Promise<void> {
  const pull = seen ?? (await ports.forge.pull(workspace.repository, rollback.number));
  const head = await workspace.manifests.head();
  if (pull.state === 'open' && pull.base !== head.commit) await bringUpToDate(workspace, ports);

  const policy = policyOf(workspace, rollback.plan.target);
  if (!policy) {
    return tellStatus(workspace, ports, rollback, pull, waitingSentence('policy', ''));
  }
  const { commit } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, commit);
  const firing = [...rollback.alerts].some(
    (alert) => workspace.evidence.get(alert)?.alert.status === 'firing',
  );
  const mergesByItself = rollback.record.mode === 'automatic' && firing;
  const approval: ApprovalState =
    mergesByItself || pull.state !== 'open'
      ? NOBODY_ASKED
      : await countApprovals(workspace, ports, policy, pull);

  const step = nextStep({
    pull,
    badCommit: rollback.badCommit,
    verifiedHead: rollback.verifiedHead,
    mode: rollback.record.mode,
    running,
    goal: rollback.plan.goal.versions,
    firing,
    approvals: policy.approvals,
    approval,
  });
  switch (step.do) {
    case 'settle':
      if (step.as === 'closed') return settleClosed(workspace, ports, rollback);
      return finish(workspace, ports, rollback, policy, {
        commit: pull.mergeCommit ?? commit,
        at: pull.mergedAt ?? ports.clock(),
        by: 'person',
      });
    case 'close':
      return closeRollback(workspace, ports, rollback, running, step.already);
    case 'wait': {
      const approvals = approvalSentence(approval, policy.approvals);
      return tellStatus(workspace, ports, rollback, pull, waitingSentence(step.for, approvals));
    }
    case 'merge': {
      const again = async (current: Workspace): Promise<void> => {
        const still = current.open.get(rollback.branch);
        if (still) await advanceRollback(current, ports, still);
      };
      const merged = await mergeRollback(
        ...([workspace, ports, rollback, pull, step.proof, approval, again] as const),
      );
      if (merged) await finish(workspace, ports, rollback, policy, merged);
    }
  }
}

/** Settles a merged rollback, and brings the pair back at once where the merge left another one standing. */
async function finish(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  policy: TargetPolicy,
  merged: Merged,
): Promise<void> {
  const mixed = await settleMerged(workspace, ports, rollback, merged);
  if (!mixed) return;
  const { commit: base } = await workspace.manifests.head();
  const { selection, evidence } = rollback;
  const planned = await makePlan(workspace.manifests, { policy, base, running: mixed, selection });
  const decision: Decision = {
    act: rollback.record.mode === 'automatic' ? 'merge' : 'review',
    reason: 'mixed-pair',
    facts: { pull: rollback.number },
  };
  ports.journal.write({
    kind: 'decided',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    incident: rollback.branch,
    sentence: decisionSentence(decision, {
      alert: evidence.alert,
      target: targetKey(policy.target),
    }),
    alert: evidence.alert,
    decision,
    target: policy.target,
  });
  if (!planned.ok) return;
  const { plan } = planned;
  const opened = await openRollback(workspace, ports, {
    ...{ policy, evidence, decision, running: mixed, selection, plan },
  });
  await advanceRollback(workspace, ports, opened.rollback, opened.pull);
}
