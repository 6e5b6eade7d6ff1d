import type { Oid } from '../releases/release.ts';
import type { Versions } from '../releases/versions.ts';
import type { Place } from '../policy/policy.ts';
import { parseTargetKey, targetKey, type Target, type TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';

/** Who asked for something, by the account's id; the login is as it was then. */
export interface Actor {
  readonly login: string;
  readonly id: number;
}

/** A hold of a target, or a freeze of the repository. What could not be read of it is absent; it counts all the same. */
export interface Restriction {
  readonly by?: Actor;
  readonly at?: Instant;
  /** When it ends by itself. */
  readonly until?: Instant;
  readonly reason?: string;
}

/** A release designated good before it is needed. */
export interface BaselineMark {
  readonly commit: Oid;
  readonly pins: Versions;
  readonly by: Actor;
  readonly at: Instant;
  readonly reason?: string;
}

/** What must not come back (see `releases/suspects.ts`), because somebody or a rollback says so. */
export interface Quarantine {
  readonly pins: Versions;
  readonly by?: Actor;
  /** The commit that brought the release that was rolled back from. */
  readonly incident?: Oid;
  readonly at?: Instant;
  readonly reason?: string;
}

/** Lets a quarantined version come back, for exactly one release. */
export interface Reland {
  readonly pins: Versions;
  readonly by: Actor;
  readonly at: Instant;
  readonly reason: string;
  /** The commit that brought it back: from then on the reland is used up. */
  readonly used?: Oid;
}

/** What people and rollbacks said about one target. Lists are oldest first. */
export interface TargetState {
  readonly target: Target;
  readonly hold?: Restriction;
  readonly baseline?: BaselineMark;
  readonly quarantine: readonly Quarantine[];
  readonly relands: readonly Reland[];
}

/** A mistake in a state file, for the person who mends it. */
export interface StateProblem extends Place {
  readonly file: string;
  readonly message: string;
  readonly expected?: string;
  readonly suggestion?: string;
}

/** Everything that is held, frozen, designated and quarantined in a repository. */
export interface State {
  readonly freeze?: Restriction;
  readonly targets: ReadonlyMap<TargetKey, TargetState>;
  /** Files that may say more than could be read, by path: what they are about is told to people, and no more. */
  readonly unreadable: ReadonlySet<string>;
  readonly problems: readonly StateProblem[];
}

export const EMPTY_STATE: State = {
  targets: new Map(),
  unreadable: new Set(),
  problems: [],
};

/** Where the state stands, on its branch. */
export const STATE_FOLDER = '.lastgood/state/';
export const REPOSITORY_STATE = `${STATE_FOLDER}repository.yaml`;
const TARGETS = `${STATE_FOLDER}targets/`;

/** The file of a target's state. */
export function statePath(target: Target): string {
  return `${TARGETS}${targetKey(target)}.yaml`;
}

/** The target of a state file; undefined when the path is none of one. */
export function targetOfPath(path: string): Target | undefined {
  if (!path.startsWith(TARGETS) || !path.endsWith('.yaml')) return undefined;
  return parseTargetKey(path.slice(TARGETS.length, -'.yaml'.length));
}

/** The state of a target; an empty one when nothing was ever said. */
export function stateOf(state: State, target: Target): TargetState {
  return state.targets.get(targetKey(target)) ?? { target, quarantine: [], relands: [] };
}
