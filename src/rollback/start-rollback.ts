import type { Decision, Evidence } from '../decision/decision.ts';
import { giveUpDrill } from '../drill/begin-drill.ts';
import { withLogFacts } from '../log-facts.ts';
import type { TakenRung } from '../journal/trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { LastGood } from '../releases/last-good.ts';
import { targetKey } from '../target.ts';
import { decisionSentence } from '../texts/reasons.ts';
import type { Tried } from '../texts/ladder.ts';
import { planSentence } from '../texts/plan.ts';
import { advanceRollback } from './advance-rollback.ts';
import { branchOf } from './branch.ts';
import { callForDecision } from './call-for-decision.ts';
import { callPeople } from './call-people.ts';
import { isUsual, planRungs, rungsOf } from './ladder.ts';
import { openRollback, type Request } from './open-rollback.ts';
import { whichParts } from './which-parts.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

export interface Start {
  readonly policy: TargetPolicy;
  readonly evidence: Evidence;
  readonly decision: Decision;
  readonly found: LastGood;
  readonly request?: Request;
  /** A later rung of the ladder, planned already. */
  readonly next?: NextRung;
}

/** A later rung of the ladder: what it takes, and what was tried before it. */
export interface NextRung {
  readonly rung: TakenRung;
  readonly tried: readonly Tried[];
}

/**
 * Plans a rollback, opens its pull request and takes it as far as it goes now.
 * Without a plan people are told instead.
 */
export function startRollback(workspace: Workspace, ports: Ports, start: Start): Promise<void> {
  const { policy, found } = start;
  const incident = branchOf({ target: policy.target, badCommit: found.running.commit });
  giveUpDrill(workspace, ports, policy.target);
  return withLogFacts({ incident }, () => begin(workspace, ports, start, incident));
}

async function begin(
  workspace: Workspace,
  ports: Ports,
  { policy, evidence, decision, found, request, next }: Start,
  incident: string,
): Promise<void> {
  const { repository, manifests } = workspace;
  const { commit: base } = await manifests.head();
  const whole = request !== undefined || evidence.alert.format === 'lastgood';
  const { rung, planned, selection } = await planRungs(manifests, {
    policy,
    base,
    running: found.running,
    selection: found.selection,
    rungs: next ? [next.rung] : whole ? [] : rungsOf(policy, 0, found.running.commit),
  });
  if (!planned.ok) {
    const instead: Decision = {
      act: 'notify',
      reason: 'plan-failed',
      facts: { target: targetKey(policy.target), why: planned.why },
    };
    const sentence = decisionSentence(instead, {
      alert: evidence.alert,
      target: targetKey(policy.target),
    });
    ports.journal.write({
      kind: 'decided',
      at: ports.clock(),
      repository: fullName(repository),
      incident,
      sentence,
      alert: evidence.alert,
      decision: instead,
      target: policy.target,
    });
    await callForDecision(workspace, ports, evidence, instead, { incident, sentence });
    return;
  }
  const { plan } = planned;
  const taken = rung && !isUsual(rung) ? { rung } : {};
  const running = found.running;
  const parts = whichParts({ decision, evidence, running, selection, ...taken });
  ports.journal.write({
    kind: 'planned',
    at: ports.clock(),
    repository: fullName(repository),
    incident,
    sentence: planSentence(plan),
    plan,
    ...(parts && { parts }),
  });
  const { pull, rollback } = await openRollback(workspace, ports, {
    policy,
    evidence,
    decision,
    running,
    selection,
    plan,
    ...taken,
    ...(next && { tried: next.tried }),
    ...(request && { request }),
  });
  await advanceRollback(workspace, ports, rollback.branch, pull);
  callPeople(ports, rollback, evidence.alert.severity);
}
