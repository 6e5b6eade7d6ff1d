import type { Evidence } from '../decision/decision.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { routeAlert } from '../policy/route-alert.ts';
import type { Workspace } from '../rollback/workspace.ts';
import { targetKey } from '../target.ts';
import type { Recovery } from './recovery.ts';

/** Whether the owners want anything done about an alert of the target. */
export function isAbout(
  { policies }: Workspace,
  { alert }: Evidence,
  target: TargetPolicy['target'],
): boolean {
  const routed = routeAlert(alert, policies.set);
  if (routed.kind !== 'target' || targetKey(routed.policy.target) !== targetKey(target))
    return false;
  const response = routed.policy.respond[alert.severity];
  return response !== 'ignore' && response !== 'record';
}

/** The alerts that an incident is about: those known of it, and later ones of the alert that led to it. */
export function evidenceFor(workspace: Workspace, recovery: Recovery): readonly Evidence[] {
  const { alerts, alert, target } = recovery;
  const known = new Set(alerts);
  return [...workspace.evidence].flatMap(([key, one]) => {
    const same = one.alert.name === alert.name && one.alert.source === alert.source;
    return known.has(key) || (same && isAbout(workspace, one, target)) ? [one] : [];
  });
}
