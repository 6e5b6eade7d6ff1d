import type { Alert } from '../alerts/alert.ts';
import { seeAlert } from '../alerts/evidence.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, Evidence } from '../decision/decision.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { routeAlert } from '../policy/route-alert.ts';
import { findLastGood, type LastGood } from '../releases/last-good.ts';
import { targetKey, type Target } from '../target.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { advanceRollback } from './advance-rollback.ts';
import { branchOf } from './branch.ts';
import { decideUnrouted } from './decide-unrouted.ts';
import { alertKey } from './alert-key.ts';
import { startRollback } from './start-rollback.ts';
import { bringUpToDate } from './up-to-date.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/**
 * Takes one alert all the way: from what it says to an ignored signal, a told person, or a rollback that is
 * opened and, where the policy allows, merged. Answers the decision; every one is in the journal.
 */
export async function respondToAlert(
  workspace: Workspace,
  ports: Ports,
  alert: Alert,
): Promise<Decision> {
  const key = alertKey(alert);
  const evidence = seeAlert(workspace.evidence.get(key), alert);
  if (evidence) workspace.evidence.set(key, evidence);
  else workspace.evidence.delete(key);
  return decideAndAct(workspace, ports, evidence ?? { alert, firings: [] });
}

interface Judged {
  readonly decision: Decision;
  readonly found: LastGood;
}

async function decideAndAct(
  workspace: Workspace,
  ports: Ports,
  evidence: Evidence,
): Promise<Decision> {
  const { alert } = evidence;
  const routed = routeAlert(alert, workspace.policies.set);
  if (routed.kind !== 'target') {
    const decision = decideUnrouted(routed, alert);
    tell(workspace, ports, alert, decision);
    return decision;
  }
  const { policy } = routed;
  let judged = await judge(workspace, ports, policy, evidence);
  if (judged.decision.act === 'ignore') {
    // The delivery that tells of a newer release may have been lost: nothing is ignored on old knowledge.
    const before = judged.found.running.commit;
    await bringUpToDate(workspace, ports);
    const again = await judge(workspace, ports, policy, evidence);
    if (again.found.running.commit !== before) judged = again;
  }
  const { decision, found } = judged;
  tell(workspace, ports, alert, decision, policy.target);
  if (decision.recheckAt !== undefined) {
    ports.later(
      workspace.repository,
      `alert ${alertKey(alert)}`,
      decision.recheckAt,
      async (current) => {
        const now = current.evidence.get(alertKey(alert));
        if (now) await decideAndAct(current, ports, now);
      },
    );
  }
  if (decision.act === 'review' || decision.act === 'merge') {
    return startRollback(workspace, ports, { policy, evidence, decision, found });
  }
  await continueOpen(workspace, ports, policy.target, found, alert);
  return decision;
}

async function judge(
  workspace: Workspace,
  ports: Ports,
  policy: TargetPolicy,
  evidence: Evidence,
): Promise<Judged> {
  const now = ports.clock();
  const { commit } = await workspace.manifests.head();
  const found = await findLastGood(workspace.manifests, { policy, from: commit, now });
  const decision = decide({
    now,
    evidence,
    policy,
    repository: workspace.policies.set.repository,
    running: found.running,
    runningIsRollback: found.runningIsRollback,
    past: [...workspace.past.values()],
  });
  return { decision, found };
}

/** An alert of an incident that has its pull request already may be what that pull request waits for. */
async function continueOpen(
  workspace: Workspace,
  ports: Ports,
  target: Target,
  found: LastGood,
  alert: Alert,
): Promise<void> {
  const branch = branchOf({ target, badCommit: found.running.commit });
  const rollback = workspace.open.get(branch);
  if (!rollback) return;
  const known = { ...rollback, alerts: new Set([...rollback.alerts, alertKey(alert)]) };
  workspace.open.set(branch, known);
  await advanceRollback(workspace, ports, known);
}

function tell(
  workspace: Workspace,
  ports: Ports,
  alert: Alert,
  decision: Decision,
  target?: Target,
): void {
  ports.journal.write({
    kind: 'decided',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    sentence: decisionSentence(decision, { alert, ...(target && { target: targetKey(target) }) }),
    alert,
    decision,
    ...(target && { target }),
  });
}
