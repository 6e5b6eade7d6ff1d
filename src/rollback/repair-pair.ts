import type { Decision } from '../decision/decision.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { Release } from '../releases/release.ts';
import { targetKey } from '../target.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { callPeople } from './call-people.ts';
import { insist } from './insist.ts';
import { makePlan } from './make-plan.ts';
import { openRollback } from './open-rollback.ts';
import type { Merged } from './settle-rollback.ts';
import { policyOf } from './up-to-date.ts';
import {
  fullName,
  type Advance,
  type OpenRollback,
  type Ports,
  type Workspace,
} from './workspace.ts';

/**
 * Opens the pull request that brings the planned pair back whole, after a merge that left `mixed` standing. It is
 * merged at once when the first one was, by the policy or as approved: it brings exactly what was agreed to.
 * `advance` takes it there.
 */
export async function repairPair(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  merged: Merged,
  mixed: Release,
  advance: Advance,
  attempts = 1,
): Promise<void> {
  const { target } = rollback.plan;
  const act = merged.by === 'person' && rollback.record.mode === 'reviewed' ? 'review' : 'merge';
  const decision: Decision = { act, reason: 'mixed-pair', facts: { pull: rollback.number } };
  const doing = {
    due: { kind: 'repair', branch: rollback.branch, number: rollback.number, attempts },
    what: `Bringing ${targetKey(target)} back whole`,
  } as const;
  if (attempts === 1) tell(workspace, ports, rollback, decision);
  await insist(workspace, ports, doing, async () => {
    const policy = policyOf(workspace, target);
    if (!policy) return;
    const { commit: base } = await workspace.manifests.head();
    const running = await readRunning(workspace.manifests, policy.pins, base);
    // Somebody shipped something else by now: that is a release of its own.
    if (running.commit !== mixed.commit) return;
    const { selection, evidence } = rollback;
    const made = await makePlan(workspace.manifests, { policy, base, running, selection });
    if (!made.ok) {
      const facts = { target: targetKey(target), why: made.why };
      return tell(workspace, ports, rollback, { act: 'notify', reason: 'plan-failed', facts });
    }
    const { plan } = made;
    const planned = { policy, evidence, decision, running, selection, plan };
    const opened = await openRollback(workspace, ports, planned);
    await advance(workspace, ports, opened.rollback.branch, opened.pull);
    callPeople(ports, opened.rollback, evidence.alert.severity);
  });
}

function tell(workspace: Workspace, ports: Ports, rollback: OpenRollback, decision: Decision) {
  const { evidence, plan, branch } = rollback;
  ports.journal.write({
    kind: 'decided',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    incident: branch,
    sentence: decisionSentence(decision, {
      alert: evidence.alert,
      target: targetKey(plan.target),
    }),
    alert: evidence.alert,
    decision,
    target: plan.target,
  });
}
