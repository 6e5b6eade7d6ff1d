import type { Oid } from '../releases/release.ts';
import { bringsBack, sameSuspect } from '../releases/suspects.ts';
import type { Versions } from '../releases/versions.ts';
import type { Target } from '../target.ts';
import { DAY, HOUR, type Instant, type Milliseconds } from '../time.ts';
import {
  REPOSITORY_STATE,
  stateOf,
  statePath,
  type Quarantine,
  type Reland,
  type Restriction,
  type State,
  type TargetState,
} from './state.ts';

/** No cool-down of a reland is shorter, or longer. */
const SHORTEST_COOLDOWN = HOUR;
const LONGEST_COOLDOWN = 30 * DAY;

/** Whether a restriction still counts: the moment its time is up, it is over. */
export function isActive(restriction: Restriction, now: Instant): boolean {
  return restriction.until === undefined || now < restriction.until;
}

/** The hold of a target, unless its time is up. */
export function holdOf(state: State, target: Target, now: Instant): Restriction | undefined {
  const { hold } = stateOf(state, target);
  return hold && isActive(hold, now) ? hold : undefined;
}

/** The freeze of the repository, unless its time is up. */
export function freezeOf(state: State, now: Instant): Restriction | undefined {
  return state.freeze && isActive(state.freeze, now) ? state.freeze : undefined;
}

/** The state file that may say more about a target than could be read. */
export function unreadableOf(state: State, target: Target): string | undefined {
  return [REPOSITORY_STATE, statePath(target)].find((path) => state.unreadable.has(path));
}

/** The newest quarantine that versions fall under, whether a reland lets them pass or not. */
export function isQuarantined(
  state: State,
  target: Target,
  versions: Versions,
): Quarantine | undefined {
  return stateOf(state, target).quarantine.findLast(({ pins }) => bringsBack(versions, pins));
}

/**
 * The reland that lets versions come back now: it is not used up, is about what the versions bring back, and was given
 * after every quarantine that they fall under. Whoever quarantines a version again takes the reland back.
 */
export function relandOf(state: State, target: Target, versions: Versions): Reland | undefined {
  const { quarantine, relands } = stateOf(state, target);
  const open = relands.findLast(
    ({ pins, used }) => used === undefined && bringsBack(versions, pins),
  );
  if (!open) return undefined;
  const answered = quarantine
    .filter(({ pins }) => bringsBack(versions, pins))
    .every(({ at, pins }) => (at ?? Infinity) <= open.at && bringsBack(pins, open.pins));
  return answered ? open : undefined;
}

/**
 * What keeps Lastgood from bringing versions back by itself: somebody or a rollback quarantined them, and nobody let
 * them come back since, nor the release of `commit`, which ran them.
 */
export function keepsBack(
  state: State,
  target: Target,
  versions: Versions,
  commit?: Oid,
): Quarantine | undefined {
  if (commit !== undefined && relandedCommits(stateOf(state, target)).has(commit)) return undefined;
  return relandOf(state, target, versions) ? undefined : isQuarantined(state, target, versions);
}

/** The releases that relands brought back, by their commits. */
export function relandedCommits({ relands }: TargetState): ReadonlySet<Oid> {
  return new Set(relands.flatMap(({ used }) => used ?? []));
}

/** How often a suspect was let back and the release that it came with was rolled back from. */
export function failedRelands(
  { relands, quarantine }: TargetState,
  suspect: Versions,
  rolledBack: ReadonlySet<Oid> = new Set(),
): number {
  return relands.filter(
    ({ pins, used }) =>
      used !== undefined &&
      sameSuspect(pins, suspect) &&
      (rolledBack.has(used) || quarantine.some(({ incident }) => incident === used)),
  ).length;
}

/**
 * When a suspect may be let back: at once the first time, because a person vouches for it. After `n` relands that
 * failed, `cooldown × 2ⁿ` after it was last quarantined, with a cool-down of at least an hour, and never more than 30
 * days. Undefined when it may be at once.
 */
export function relandableAt(
  state: TargetState,
  suspect: Versions,
  cooldown: Milliseconds,
  rolledBack?: ReadonlySet<Oid>,
): Instant | undefined {
  const failed = failedRelands(state, suspect, rolledBack);
  const last = state.quarantine.findLast(({ pins }) => sameSuspect(pins, suspect))?.at;
  if (failed === 0 || last === undefined) return undefined;
  const wait = Math.max(cooldown, SHORTEST_COOLDOWN) * 2 ** Math.min(failed, 20);
  return last + Math.min(wait, LONGEST_COOLDOWN);
}
