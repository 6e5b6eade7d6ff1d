import type { Oid } from '../releases/release.ts';
import type { Target } from '../target.ts';
import type { Instant } from '../time.ts';
import { restrictionsOf, type Restrictions } from './restrictions.ts';
import { EMPTY_STATE, type State } from './state.ts';

/** The branch that Lastgood keeps its state on (decisions/0040). */
export const STATE_BRANCH = 'lastgood/state';

/** The state of a repository as it counts now, and what that rests on. */
export interface StateView {
  readonly state: State;
  /** The newest commit of the branch that was looked at; absent: there is none, or nobody looked. */
  readonly head?: Oid;
  /** The newest commit that is known to be Lastgood's own. */
  readonly trusted?: Oid;
  /** Who wrote to the branch instead of Lastgood. */
  readonly untrusted?: { readonly by: string };
  /** Why it could not be looked at. */
  readonly unread?: string;
}

/** The state before anybody looked: as it was known, and what another process may have found to be its own since. */
export function recallState(before: StateView | undefined, trusted: Oid | undefined): StateView {
  return { state: EMPTY_STATE, ...before, ...(trusted !== undefined && { trusted }) };
}

/** What restricts a target now. */
export function restrictionsNow(
  { state, untrusted, unread }: StateView,
  target: Target,
  now: Instant,
): Restrictions {
  const restrictions = restrictionsOf(state, target, now, untrusted);
  if (unread === undefined || restrictions.unreadable) return restrictions;
  return { ...restrictions, unreadable: { file: STATE_BRANCH, why: unread } };
}

/** When the next hold or freeze ends by itself; undefined when none does. */
export function nextExpiry({ state }: StateView, now: Instant): Instant | undefined {
  const all = [state.freeze, ...[...state.targets.values()].map(({ hold }) => hold)];
  const ends = all.flatMap((one) =>
    one?.until !== undefined && one.until > now ? [one.until] : [],
  );
  return ends.length === 0 ? undefined : Math.min(...ends);
}
