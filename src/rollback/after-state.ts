import { targetKey, type Target } from '../target.ts';
import { advanceRollback } from './advance-rollback.ts';
import { commitState } from './commit-state.ts';
import { scheduleExpiry } from './refresh-state.ts';
import { reconsiderAlert } from './respond-to-alert.ts';
import { routeAlert } from '../policy/route-alert.ts';
import { bringUpToDate } from './up-to-date.ts';
import type { Ports, Workspace } from './workspace.ts';

/** Goes on with what a change of the state stops or lets go: the open rollbacks and the alerts of a target, or all. */
export async function afterState(
  workspace: Workspace,
  ports: Ports,
  target?: Target,
): Promise<void> {
  scheduleExpiry(workspace, ports);
  const concerns = (other: Target): boolean => !target || targetKey(other) === targetKey(target);
  for (const [branch, { plan }] of workspace.open) {
    if (concerns(plan.target)) await advanceRollback(workspace, ports, branch);
  }
  for (const [key, { alert }] of workspace.evidence) {
    if (alert.status !== 'firing') continue;
    const routed = routeAlert(alert, workspace.policies.set);
    if (routed.kind !== 'target' || !concerns(routed.policy.target)) continue;
    await reconsiderAlert(workspace, ports, key, 'if-it-acts');
  }
}

/**
 * Looks at the state again: somebody wrote it, it could not be read, or something in it ended by itself, which is
 * taken out of it for everybody to see.
 */
export async function lookAtState(
  workspace: Workspace,
  ports: Ports,
  when: 'always' | 'if-moved' = 'always',
): Promise<void> {
  const before = workspace.state;
  workspace.manifests.expectOwn();
  await bringUpToDate(workspace, ports);
  if (when === 'if-moved' && workspace.state === before) return;
  // An untrusted state is for people to set right.
  if (when === 'always' && !workspace.state.untrusted && workspace.state.unread === undefined) {
    await commitState(workspace, ports, { kind: 'expire', at: ports.clock() });
  }
  await afterState(workspace, ports);
}
