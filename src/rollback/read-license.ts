import { decide } from '../decision/decide.ts';
import type { Evidence } from '../decision/decision.ts';
import { routeAlert } from '../policy/route-alert.ts';
import { SEVERITIES, type TargetPolicy } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import { isRollback } from '../releases/rolled-back.ts';
import { NO_RESTRICTIONS } from '../state/restrictions.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import { answeringPolicy } from './returned-alert.ts';
import { isLaterRung } from './ladder.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** Whether a rollback may be merged by itself now, and if not, when that may be otherwise without a further signal. */
export interface License {
  readonly licensed: boolean;
  readonly recheckAt?: Instant;
}

/**
 * Whether an alert that an open rollback merges for would merge it if it came now. The rollback was decided when it was
 * opened; until it is merged the owners may have written another policy, the delivery that tells of it may be late, the
 * alert may have begun anew, and other rollbacks may have used up the budget. Storms and what people stopped are told
 * by themselves.
 */
export function readLicense(
  workspace: Workspace,
  ports: Pick<Ports, 'clock'>,
  rollback: OpenRollback,
  policy: TargetPolicy,
  running: Release,
): License {
  const seen = [...rollback.alerts].flatMap((key) => workspace.evidence.get(key) ?? []);
  return license(workspace, ports, rollback, policy, running, seen);
}

/**
 * The same for a rollback that nobody decided about in time, where the policy merges it then: what it asks a review for
 * counts as what it merges, and any alert about the target that fires counts. An alert that says nothing more, a limit,
 * or a release that nothing speaks against by now keeps it open.
 */
export function readUnansweredLicense(
  workspace: Workspace,
  ports: Pick<Ports, 'clock'>,
  rollback: OpenRollback,
  policy: TargetPolicy,
  running: Release,
): License {
  const { set } = workspace.policies;
  const about = [...workspace.evidence.values()].filter(({ alert }) => {
    if (alert.status !== 'firing') return false;
    const routed = routeAlert(alert, set);
    return routed.kind === 'target' && targetKey(routed.policy.target) === targetKey(policy.target);
  });
  return license(workspace, ports, rollback, policy, running, about, 'unanswered');
}

/** The policy as it is once nobody decided in time. */
function mergesReviews(policy: TargetPolicy): TargetPolicy {
  const { respond } = policy;
  const raised = { ...respond };
  for (const severity of SEVERITIES) {
    if (respond[severity] === 'review') raised[severity] = 'merge';
  }
  return { ...policy, respond: raised };
}

function license(
  { past, policies }: Workspace,
  ports: Pick<Ports, 'clock'>,
  { branch, badCommit, plan, record }: OpenRollback,
  policy: TargetPolicy,
  running: Release,
  evidence: readonly Evidence[],
  when: 'asked' | 'unanswered' = 'asked',
): License {
  // What was broken and mended meanwhile began anew, and is the same bad release all the same.
  const bad = { ...running, commit: badCommit, at: Math.min(running.at, plan.bad.at) };
  const others = [...past].filter(([of]) => of !== branch).map(([, one]) => one);
  const decisions = evidence.flatMap((seen) => {
    if (seen.alert.status !== 'firing') return [];
    const answering = answeringPolicy(policy, seen.alert);
    return decide({
      // Silence lets nothing pass that goes further than the first rollback.
      nextRung: when === 'asked' && isLaterRung(record),
      now: ports.clock(),
      evidence: seen,
      policy: when === 'asked' ? answering : mergesReviews(answering),
      repository: policies.set.repository,
      restrictions: NO_RESTRICTIONS,
      running: bad,
      runningIsRollback: isRollback(running, policy.target),
      past: others,
      storm: undefined,
    });
  });
  if (decisions.some(({ act }) => act === 'merge')) return { licensed: true };
  const again = decisions.flatMap(({ recheckAt }) => recheckAt ?? []);
  return { licensed: false, ...(again.length > 0 && { recheckAt: Math.min(...again) }) };
}
