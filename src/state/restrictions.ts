import type { Target } from '../target.ts';
import type { Instant } from '../time.ts';
import { freezeOf, holdOf, unreadableOf } from './look-up.ts';
import type { Restriction, State } from './state.ts';

/** What people keep Lastgood from, for one target at one moment. */
export interface Restrictions {
  /** Nothing merges for the target. */
  readonly hold?: Restriction;
  /** Nothing happens by itself in the repository. */
  readonly freeze?: Restriction;
  /** Who wrote to the state's branch instead of Lastgood: nothing merges by itself until people looked. */
  readonly untrusted?: { readonly by: string };
  /** Why the state cannot be read: nobody knows what is held, so people are told and nothing else. */
  readonly unreadable?: { readonly file: string; readonly why: string };
}

export const NO_RESTRICTIONS: Restrictions = {};

/** What restricts a target now, by the state of its repository. */
export function restrictionsOf(
  state: State,
  target: Target,
  now: Instant,
  untrusted?: Restrictions['untrusted'],
): Restrictions {
  const hold = holdOf(state, target, now);
  const freeze = freezeOf(state, now);
  const file = unreadableOf(state, target);
  const why = state.problems.find((problem) => problem.file === file)?.message ?? 'it is broken';
  return {
    ...(hold && { hold }),
    ...(freeze && { freeze }),
    ...(untrusted && { untrusted }),
    ...(file !== undefined && { unreadable: { file, why } }),
  };
}
