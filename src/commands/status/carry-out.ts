import { routeAlert } from '../../policy/route-alert.ts';
import { readRunning } from '../../releases/read-releases.ts';
import { judgeAlert } from '../../rollback/respond-to-alert.ts';
import { policyOf } from '../../rollback/up-to-date.ts';
import { stateOf } from '../../state/state.ts';
import { restrictionsNow } from '../../state/view.ts';
import { targetKey, type Target } from '../../target.ts';
import { decisionSentence } from '../../texts/reasons.ts';
import {
  noPolicySentence,
  repositoryStatusText,
  targetStatusText,
  type TargetStatus,
} from '../../texts/status.ts';
import { inCode } from '../../texts/escape.ts';
import type { Asking, CarryOut } from '../asking.ts';

/** So many targets are shown at most; a repository may have hundreds. */
const SHOWN = 40;

export const tellStatus: CarryOut<'status'> = async (asking, { target }) => {
  const { policies } = asking.workspace;
  if (target) {
    const status = await readStatus(asking, target);
    const text = status ? targetStatusText(status) : noPolicySentence(policies.set, target);
    return { outcome: 'told', text };
  }
  const found: TargetStatus[] = [];
  for (const policy of policies.set.targets.slice(0, SHOWN)) {
    const status = await readStatus(asking, policy.target);
    if (status) found.push(status);
  }
  const more = policies.set.targets.length - found.length;
  return { outcome: 'told', text: repositoryStatusText(found, more, policies.set.disabled) };
};

/** What is known of a target now; undefined without a valid policy. */
async function readStatus(asking: Asking, target: Target): Promise<TargetStatus | undefined> {
  const { workspace, ports } = asking;
  const policy = policyOf(workspace, target);
  if (!policy) return undefined;
  const { commit } = await workspace.manifests.head();
  const key = targetKey(target);
  const alerts: string[] = [];
  for (const evidence of workspace.evidence.values()) {
    if (evidence.alert.status !== 'firing') continue;
    const routed = routeAlert(evidence.alert, workspace.policies.set);
    if (routed.kind !== 'target' || targetKey(routed.policy.target) !== key) continue;
    const { decision } = await judgeAlert(workspace, ports, evidence);
    const context = { alert: evidence.alert, target: key };
    alerts.push(decisionSentence(decision, context, inCode));
  }
  return {
    target,
    running: await readRunning(workspace.manifests, policy.pins, commit),
    restrictions: restrictionsNow(workspace.state, target, ports.clock()),
    state: stateOf(workspace.state.state, target),
    open: [...workspace.open.values()].filter(({ plan }) => targetKey(plan.target) === key),
    alerts,
  };
}
