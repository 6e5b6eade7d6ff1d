/** Whether what comes next on the ladder may be done, and by whom: the same guards as for the first rollback. */
import { decide } from '../decision/decide.ts';
import type { Decision, Evidence } from '../decision/decision.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import { watchStorm } from '../rollback/watch-storm.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { restrictionsNow } from '../state/view.ts';
import { targetKey } from '../target.ts';
import { decisionSentence } from '../texts/reasons.ts';
import type { Recovery } from './recovery.ts';

/** What the next rung is decided with. */
export interface Next {
  readonly recovery: Recovery;
  readonly policy: TargetPolicy;
  readonly evidence: Evidence;
  /** The record of the rollback that brought what runs. */
  readonly record: RollbackRecord;
  readonly running: Release;
}

export function decideNext(workspace: Workspace, ports: Ports, next: Next): Decision {
  const { policy, evidence, record, running } = next;
  const now = ports.clock();
  return decide({
    now,
    evidence,
    policy: record.requestedBy === undefined ? policy : reviewed(policy),
    repository: workspace.policies.set.repository,
    restrictions: restrictionsNow(workspace.state, policy.target, now),
    running,
    runningIsRollback: true,
    nextRung: true,
    past: [...workspace.past.values()],
    storm: watchStorm(workspace, ports),
  });
}

/** Looks again when the decision may be another one. */
export function decideLater(ports: Ports, { recovery, policy }: Next, decision: Decision): void {
  const when = Math.min(decision.recheckAt ?? Infinity, ports.clock() + policy.verify.within);
  ports.later({ kind: 'next-rung', branch: recovery.branch, attempts: 1 }, when);
}

/** What a person asked for led here, so people decide about what follows from it. */
function reviewed(policy: TargetPolicy): TargetPolicy {
  const entries = Object.entries(policy.respond).map(([severity, response]) => [
    severity,
    response === 'merge' ? 'review' : response,
  ]);
  return { ...policy, respond: { ...policy.respond, ...Object.fromEntries(entries) } };
}

/** Writes down what was decided about a further rollback. */
export function tellNext(
  workspace: Workspace,
  ports: Ports,
  { recovery: { branch, target }, policy, evidence: { alert } }: Next,
  decision: Decision,
): void {
  ports.journal.write({
    kind: 'decided',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    incident: branch,
    sentence: decisionSentence(decision, { alert, target: targetKey(target) }),
    alert,
    decision,
    target,
    policy: { file: policy.file, commit: workspace.policies.commit },
  });
}
