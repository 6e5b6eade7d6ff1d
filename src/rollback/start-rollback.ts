import type { Decision, Evidence } from '../decision/decision.ts';
import type { Principal, TargetPolicy } from '../policy/policy.ts';
import type { LastGood } from '../releases/last-good.ts';
import { targetKey } from '../target.ts';
import { notAskedSentence } from '../texts/failure.ts';
import { listOf, principalName } from '../texts/names.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { planSentence } from '../texts/plan.ts';
import { pullRequestLabels } from '../texts/pull-request.ts';
import { advanceRollback } from './advance-rollback.ts';
import { branchOf } from './branch.ts';
import { insist } from './insist.ts';
import { makePlan } from './make-plan.ts';
import { openRollback } from './open-rollback.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

export interface Start {
  readonly policy: TargetPolicy;
  readonly evidence: Evidence;
  readonly decision: Decision;
  readonly found: LastGood;
}

/**
 * Plans a rollback, opens its pull request and takes it as far as it goes now.
 * Answers the decision as it turned out: without a goal or a plan, people are told instead.
 */
export async function startRollback(
  workspace: Workspace,
  ports: Ports,
  start: Start,
): Promise<Decision> {
  const { policy, evidence, decision, found } = start;
  const { repository, manifests } = workspace;
  const { commit: base } = await manifests.head();
  const planned = await makePlan(manifests, { policy, base, ...found });
  const incident = branchOf({ target: policy.target, badCommit: found.running.commit });
  if (!planned.ok) {
    const instead: Decision = {
      act: 'notify',
      reason: found.selection.kind === 'none' ? 'no-goal' : 'plan-failed',
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
    return instead;
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
  });
  await advanceRollback(workspace, ports, rollback.branch, pull);
  // What only helps people comes after what ends the incident.
  if (workspace.open.has(rollback.branch)) {
    await askForReviews(workspace, ports, rollback, policy.approvals.from);
  }
  const what = `Labelling pull request #${pull.number}`;
  await insist(workspace, ports, { name: `${rollback.branch} labels`, what }, () =>
    ports.forge.label(repository, pull.number, pullRequestLabels(evidence.alert)),
  );
  return decision;
}

async function askForReviews(
  workspace: Workspace,
  ports: Ports,
  { branch, number }: OpenRollback,
  from: readonly Principal[],
): Promise<void> {
  const what = `Asking for reviews of pull request #${number}`;
  await insist(workspace, ports, { name: `${branch} reviews`, what }, async ({ repository }) => {
    const refused = await ports.forge.requestReviews(repository, number, from);
    const missing = refused.filter(({ kind }) => kind !== 'role');
    if (missing.length === 0) return;
    ports.journal.write({
      kind: 'failed',
      at: ports.clock(),
      repository: fullName(repository),
      incident: branch,
      sentence: notAskedSentence(number, listOf(missing.map(principalName))),
      error: undefined,
    });
  });
}
