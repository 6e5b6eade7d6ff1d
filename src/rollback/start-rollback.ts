import type { Decision, Evidence } from '../decision/decision.ts';
import { withLogFacts } from '../log-facts.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { LastGood } from '../releases/last-good.ts';
import { targetKey } from '../target.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { planSentence } from '../texts/plan.ts';
import { advanceRollback } from './advance-rollback.ts';
import { branchOf } from './branch.ts';
import { callPeople } from './call-people.ts';
import { makePlan } from './make-plan.ts';
import { openRollback, type Request } from './open-rollback.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

export interface Start {
  readonly policy: TargetPolicy;
  readonly evidence: Evidence;
  readonly decision: Decision;
  readonly found: LastGood;
  readonly request?: Request;
}

/**
 * Plans a rollback, opens its pull request and takes it as far as it goes now.
 * Without a plan people are told instead.
 */
export function startRollback(workspace: Workspace, ports: Ports, start: Start): Promise<void> {
  const { policy, found } = start;
  const incident = branchOf({ target: policy.target, badCommit: found.running.commit });
  return withLogFacts({ incident }, () => begin(workspace, ports, start, incident));
}

async function begin(
  workspace: Workspace,
  ports: Ports,
  { policy, evidence, decision, found, request }: Start,
  incident: string,
): Promise<void> {
  const { repository, manifests } = workspace;
  const { commit: base } = await manifests.head();
  const planned = await makePlan(manifests, { policy, base, ...found });
  if (!planned.ok) {
    const instead: Decision = {
      act: 'notify',
      reason: 'plan-failed',
      facts: { target: targetKey(policy.target), why: planned.why },
    };
    ports.journal.write({
      kind: 'decided',
      at: ports.clock(),
      repository: fullName(repository),
      incident,
      sentence: decisionSentence(instead, {
        alert: evidence.alert,
        target: targetKey(policy.target),
      }),
      alert: evidence.alert,
      decision: instead,
      target: policy.target,
    });
    return;
  }
  const { plan } = planned;
  ports.journal.write({
    kind: 'planned',
    at: ports.clock(),
    repository: fullName(repository),
    incident,
    sentence: planSentence(plan),
    plan,
  });
  const { pull, rollback } = await openRollback(workspace, ports, {
    policy,
    evidence,
    decision,
    running: found.running,
    selection: found.selection,
    plan,
    ...(request && { request }),
  });
  await advanceRollback(workspace, ports, rollback.branch, pull);
  callPeople(ports, rollback, evidence.alert.severity);
}
