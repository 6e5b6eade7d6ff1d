/** The rungs of a policy's ladder: what each takes of the last good release, and which can be taken now. */
import type { RollbackRecord, TakenRung } from '../journal/trailers.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import type { Rung, TargetPolicy } from '../policy/policy.ts';
import type { HistorySource, Oid, Release } from '../releases/release.ts';
import type { Selection } from '../releases/selection.ts';
import { componentOf } from '../releases/versions.ts';
import { makePlan, type MadePlan, type PlanRequest } from './make-plan.ts';

/**
 * What a rung takes, as a selection to plan with. A part of a release is that release with what runs in the place of
 * everything else, so that a plan changes the part alone. Where no release is good, there is no part of it either.
 */
export function takeRung(
  rung: Rung,
  { fallback }: Pick<TargetPolicy, 'fallback'>,
  running: Release,
  selection: Selection,
): Selection {
  if (rung === 'fallback') {
    return { kind: 'fallback', values: fallback, passedOver: selection.passedOver };
  }
  if (rung === 'release' || selection.kind !== 'release') return selection;
  const taken = Object.entries(selection.release.values).filter(([pin]) => {
    const component = componentOf(pin);
    return component !== undefined && rung.includes(component);
  });
  const values = { ...running.values, ...Object.fromEntries(taken) };
  return { ...selection, release: { ...selection.release, values } };
}

/** The rungs of a policy after the first `taken` ones. */
export function rungsOf(
  { ladder }: Pick<TargetPolicy, 'ladder'>,
  taken: number,
  first: Oid,
): readonly TakenRung[] {
  return ladder.slice(taken).map((rung, i) => ({ number: taken + i + 1, rung, first }));
}

/** Whether a rung needs no mention: the first one, with all of the release. */
export function isUsual({ number, rung }: TakenRung): boolean {
  return number === 1 && rung === 'release';
}

/** Whether a rollback is what was tried after another one. */
export function isLaterRung({ rung }: Pick<RollbackRecord, 'rung'>): boolean {
  return rung !== undefined && rung.number > 1;
}

/** Whether the policy names something to try after the rollback that brought what runs. */
export function hasNextRung(
  { ladder, retrain }: Pick<TargetPolicy, 'ladder' | 'retrain'>,
  running: Release,
): boolean {
  const reading = readTrailers(running.body);
  if (!reading.ok) return false;
  return retrain?.lastRung === true || ladder.length > (reading.record.rung?.number ?? 1);
}

/** Whether anything is tried after the first rollback. */
export function triesMore({ ladder, retrain }: Pick<TargetPolicy, 'ladder' | 'retrain'>): boolean {
  return ladder.length > 1 || retrain?.lastRung === true;
}

/** The first rung that changes anything, with its plan; the last one looked at when none does, none without any. */
export interface PlannedRung {
  readonly planned: MadePlan;
  readonly selection: Selection;
  readonly rung?: TakenRung;
}

/** Plans the first of these rungs that changes anything; without rungs, the selection as it is. */
export async function planRungs(
  source: HistorySource,
  { rungs, ...request }: PlanRequest & { readonly rungs: readonly TakenRung[] },
): Promise<PlannedRung> {
  const { policy, running, selection } = request;
  let last: PlannedRung | undefined;
  for (const rung of rungs) {
    const taken = takeRung(rung.rung, policy, running, selection);
    const planned = await makePlan(source, { ...request, selection: taken });
    last = { planned, selection: taken, rung };
    if (planned.ok || (planned.already !== true && taken.kind !== 'none')) return last;
  }
  return last ?? { planned: await makePlan(source, request), selection };
}
