import { restrictionsNow } from '../state/view.ts';
import { targetKey, type Target } from '../target.ts';
import { watchStorm } from '../rollback/watch-storm.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import type { Ground } from './plan-drill.ts';

/** What stands in the way of a drill of a target now. */
export function groundOf(workspace: Workspace, ports: Ports, target: Target): Ground {
  const key = targetKey(target);
  const running = [...workspace.drills.values()].filter(({ run }) => run !== undefined);
  const ofTarget = ({ plan }: { readonly plan: { readonly target: Target } }): boolean =>
    targetKey(plan.target) === key;
  return {
    running: running.some((one) => one.target === key)
      ? 'this'
      : running.length > 0
        ? 'other'
        : 'none',
    rollbackOpen:
      [...workspace.open.values()].some(ofTarget) ||
      [...workspace.past.values()].some((one) => one.target === key && one.state === 'open'),
    rollbackFollowed: [...workspace.recovering.values()].some(
      (one) => targetKey(one.target) === key && one.phase !== 'over',
    ),
    restrictions: restrictionsNow(workspace.state, target, ports.clock()),
    storm: watchStorm(workspace, ports) !== undefined,
  };
}
