import { standingOf } from '../../backtest/record.ts';
import type { Evidence } from '../../decision/decision.ts';
import { routeAlert } from '../../policy/route-alert.ts';
import { unwatchedOf } from '../../policy/unwatched.ts';
import { readRunning } from '../../releases/read-releases.ts';
import { judgeAlert } from '../../rollback/respond-to-alert.ts';
import { policyOf } from '../../rollback/up-to-date.ts';
import type { Workspace } from '../../rollback/workspace.ts';
import { stateOf } from '../../state/state.ts';
import { restrictionsNow } from '../../state/view.ts';
import { targetKey, type Target, type TargetKey } from '../../target.ts';
import { monitorsSentence } from '../../texts/monitors.ts';
import { drillStatus } from '../../texts/drill.ts';
import { decisionSentence } from '../../texts/reasons.ts';
import {
  noPolicySentence,
  repositoryStatusText,
  targetStatusText,
  type TargetStatus,
} from '../../texts/status.ts';
import { inCode } from '../../texts/escape.ts';
import type { Asking, CarryOut } from '../asking.ts';
import { chooseAlerts } from './choose-alerts.ts';

/** So many targets are shown at most; a repository may have hundreds. */
const SHOWN = 40;

/** So many alerts are judged for one target, and for all of them: in a storm there are thousands. */
const OF_TARGET = 5;
const OF_ALL = 30;

export const carryOut: CarryOut<'status'> = async (asking, { target }) => {
  const { workspace } = asking;
  const { policies } = workspace;
  const firing = firingByTarget(workspace);
  if (target) {
    const status = await readStatus(asking, target, firing, OF_TARGET);
    const text = status
      ? targetStatusText({ ...status, ...(await monitorsOf(asking, target)) })
      : noPolicySentence(policies.set, target);
    return { outcome: 'told', text };
  }
  const found: TargetStatus[] = [];
  let left = OF_ALL;
  for (const policy of policies.set.targets.slice(0, SHOWN)) {
    const status = await readStatus(asking, policy.target, firing, Math.min(left, OF_TARGET));
    if (!status) continue;
    left -= status.alerts.length;
    found.push(status);
  }
  const more = policies.set.targets.length - found.length;
  return { outcome: 'told', text: repositoryStatusText(found, more, policies.set.disabled) };
};

/** By name where somebody asks for the target: for all of them it would be a page. */
async function monitorsOf(
  { workspace, ports }: Asking,
  target: Target,
): Promise<Pick<TargetStatus, 'monitors'>> {
  const policy = policyOf(workspace, target);
  const standing = await ports.watchBook.standing(workspace.repository.id, targetKey(target));
  const monitors = monitorsSentence(standing, policy && unwatchedOf(policy));
  return monitors === undefined ? {} : { monitors };
}

type Firing = ReadonlyMap<TargetKey, readonly Evidence[]>;

/** The alerts that fire, by their target: each is routed once, however many targets are asked about. */
function firingByTarget({ evidence, policies }: Workspace): Firing {
  const found = new Map<TargetKey, Evidence[]>();
  for (const one of evidence.values()) {
    if (one.alert.status !== 'firing') continue;
    const routed = routeAlert(one.alert, policies.set);
    if (routed.kind !== 'target') continue;
    const key = targetKey(routed.policy.target);
    const others = found.get(key);
    if (others) others.push(one);
    else found.set(key, [one]);
  }
  return found;
}

/** What is known of a target now, with at most so many alerts judged; undefined without a valid policy. */
async function readStatus(
  asking: Asking,
  target: Target,
  firing: Firing,
  most: number,
): Promise<TargetStatus | undefined> {
  const { workspace, ports } = asking;
  const policy = policyOf(workspace, target);
  if (!policy) return undefined;
  const { commit } = await workspace.manifests.head();
  const key = targetKey(target);
  const all = firing.get(key) ?? [];
  const alerts: string[] = [];
  const backtest = standingOf(policy, ports.clock());
  for (const evidence of chooseAlerts(all, most)) {
    const { decision } = await judgeAlert(workspace, ports, evidence);
    const context = { alert: evidence.alert, target: key };
    alerts.push(decisionSentence(decision, context, inCode));
  }
  return {
    target,
    running: await readRunning(workspace.manifests, policy.pins, commit),
    restrictions: restrictionsNow(workspace.state, target, ports.clock()),
    ...(backtest && { backtest }),
    state: stateOf(workspace.state.state, target),
    open: [...workspace.open.values()].filter(({ plan }) => targetKey(plan.target) === key),
    alerts,
    moreAlerts: all.length - alerts.length,
    drills: drillStatus(workspace.drills.get(key), ports.clock()),
  };
}
