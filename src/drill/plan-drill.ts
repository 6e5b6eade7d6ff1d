import type { DrillPolicy } from '../policy/policy.ts';
import type { Restrictions } from '../state/restrictions.ts';
import type { Target } from '../target.ts';
import type {
  DrillPhase,
  DrillRecord,
  DrillRun,
  GiveUpReason,
  NotNow,
  PhaseResult,
} from './drill.ts';

/** What stands in the way of a drill of one target, as plain data. */
export interface Ground {
  /** A drill of this very target, or of another one of the repository, is under way. */
  readonly running: 'none' | 'this' | 'other';
  readonly rollbackOpen: boolean;
  /** A merged rollback of it is followed: nobody knows yet whether it helped. */
  readonly rollbackFollowed: boolean;
  readonly restrictions: Restrictions;
  readonly storm: boolean;
}

/** Why a drill does not begin now; undefined when it may. An incident, and what people stopped, go before. Pure. */
export function whyNotNow(ground: Ground): NotNow | undefined {
  if (ground.running === 'this') return 'running';
  const stopped = whyStopped(ground);
  if (stopped) return stopped;
  if (ground.rollbackFollowed) return 'rollback-followed';
  return ground.running === 'other' ? 'other-drill' : undefined;
}

/** Why a drill that is under way is given up at once; undefined when it goes on. Pure. */
export function whyGiveUp(ground: Ground): GiveUpReason | undefined {
  // None was followed when it began, so this one began since.
  return ground.rollbackFollowed ? 'rollback-open' : whyStopped(ground);
}

function whyStopped({
  rollbackOpen,
  restrictions: { hold, freeze, unreadable, untrusted },
  storm,
}: Ground): Extract<NotNow, GiveUpReason> | undefined {
  if (rollbackOpen) return 'rollback-open';
  if (hold) return 'hold';
  if (freeze) return 'freeze';
  if (unreadable || untrusted) return 'state-unreadable';
  return storm ? 'storm' : undefined;
}

/** Whether a drill merges: only where the policy names the target's own environment for that. */
export function mergesInDrill(
  target: Pick<Target, 'environment'>,
  { environment }: Pick<DrillPolicy, 'environment'>,
): boolean {
  return environment !== undefined && environment === target.environment;
}

const LOOKS: readonly DrillPhase[] = ['goal', 'artefact', 'permissions', 'approvers'];

/**
 * The phase that comes next; undefined when the drill is over. A phase that failed does not keep the next ones from
 * being tried, so that one drill finds all there is to mend, but for what cannot be tried without it. What stands
 * outside is always taken away: what merged is restored, and what was opened is closed. Pure.
 */
export function nextPhase(
  { results, pull, merged, givenUp }: DrillRun,
  merges: boolean,
): DrillPhase | undefined {
  const of = (phase: DrillPhase): PhaseResult | undefined =>
    results.find((one) => one.phase === phase);
  if (givenUp === undefined) {
    for (const phase of LOOKS) if (!of(phase)) return phase;
    if (of('goal')?.outcome === 'passed') {
      if (!of('propose')) return 'propose';
      if (pull && !of('mergeable')) return 'mergeable';
      if (merges && of('mergeable')?.outcome === 'passed' && !of('merge')) return 'merge';
    }
  }
  if (merged && !of('restore')) return 'restore';
  // Where nobody knows whether anything was opened, it is looked for.
  const mayStand = pull !== undefined || of('goal')?.outcome === 'passed';
  return mayStand && !of('close') ? 'close' : undefined;
}

/** What a drill that is over came to. Pure. */
export function outcomeOf({
  results,
  givenUp,
}: Pick<DrillRun, 'results' | 'givenUp'>): DrillRecord['outcome'] {
  if (results.some(({ phase, outcome }) => phase === 'restore' && outcome === 'failed')) {
    return 'failed';
  }
  if (givenUp !== undefined) return 'given-up';
  return results.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'passed';
}

/** Whether people are called about a drill: it failed, and the one before it had passed. Pure. */
export function callsPeople(
  { outcome, results }: Pick<DrillRecord, 'outcome' | 'results'>,
  past: readonly Pick<DrillRecord, 'outcome'>[],
): boolean {
  if (outcome !== 'failed') return false;
  // What was merged and not restored is called for in any case: the environment is not where it was.
  if (results.some((one) => one.phase === 'restore' && one.outcome === 'failed')) return true;
  return past.findLast((one) => one.outcome !== 'given-up')?.outcome === 'passed';
}
