import { routeAlert } from '../policy/route-alert.ts';
import { targetKey, type Target } from '../target.ts';
import type { Workspace } from './workspace.ts';

/** Whether an alert about a target fires, as far as is known here. */
export function alertFires({ evidence, policies }: Workspace, target: Target): boolean {
  return [...evidence.values()].some(({ alert }) => {
    if (alert.status !== 'firing') return false;
    const routed = routeAlert(alert, policies.set);
    return routed.kind === 'target' && targetKey(routed.policy.target) === targetKey(target);
  });
}
