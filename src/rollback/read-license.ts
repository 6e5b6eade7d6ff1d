import { decide } from '../decision/decide.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import { isRollback } from '../releases/rolled-back.ts';
import { NO_RESTRICTIONS } from '../state/restrictions.ts';
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
  { evidence, past, policies }: Workspace,
  ports: Pick<Ports, 'clock'>,
  { alerts, branch, badCommit, plan, record }: OpenRollback,
  policy: TargetPolicy,
  running: Release,
): License {
  // What was broken and mended meanwhile began anew, and is the same bad release all the same.
  const bad = { ...running, commit: badCommit, at: Math.min(running.at, plan.bad.at) };
  const others = [...past].filter(([of]) => of !== branch).map(([, one]) => one);
  const decisions = [...alerts].flatMap((key) => {
    const seen = evidence.get(key);
    if (seen?.alert.status !== 'firing') return [];
    return decide({
      nextRung: isLaterRung(record),
      now: ports.clock(),
      evidence: seen,
      policy: answeringPolicy(policy, seen.alert),
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
