import type { Oid } from '../releases/release.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import type { OpenRollback, Ports, Workspace } from '../rollback/workspace.ts';
import type { Instant } from '../time.ts';
import { isAbout } from './evidence-for.ts';
import { isMeasured } from './measured.ts';

/** Begins to follow a rollback that was merged. Asks nobody anything. */
export function beginRecovery(
  workspace: Workspace,
  ports: Ports,
  rollback: Pick<OpenRollback, 'branch' | 'number' | 'plan' | 'evidence' | 'alerts'>,
  merged: { readonly commit: Oid; readonly at: Instant },
): void {
  const { branch, number, plan, evidence } = rollback;
  if (workspace.recovering.get(branch)?.commit === merged.commit) return;
  const { name, source, severity } = evidence.alert;
  const firing = [...workspace.evidence].filter(
    ([, one]) => one.alert.status === 'firing' && isAbout(workspace, one, plan.target),
  );
  workspace.recovering.set(branch, {
    branch,
    number,
    target: plan.target,
    commit: merged.commit,
    mergedAt: merged.at,
    goal: plan.goal.versions,
    severity,
    alert: { name, source },
    alerts: [...new Set([...rollback.alerts, ...firing.map(([key]) => key)])],
    phase: 'rolling-out',
    told: [],
  });
  const verify = policyOf(workspace, plan.target)?.verify;
  // Until then, what is reported leads to a look.
  const atOnce = verify === undefined || verify.rollOut.by === 'none' || isMeasured(verify);
  const wait = atOnce ? 0 : verify.rollOut.within;
  ports.later({ kind: 'recovery', branch, attempts: 1 }, merged.at + wait);
}
