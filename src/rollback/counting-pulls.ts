import type { PullRequest } from './forge.ts';

type Told = Pick<PullRequest, 'branch' | 'number' | 'state' | 'own' | 'withdrawn'>;

/**
 * Of the pull requests of each branch the one that says what became of its incident, in the order of `pulls`: the one of
 * Lastgood's own that is open, or else the newest. The first of two open ones counts: somebody pointed it at another
 * branch, and the second was opened before that was known. One that Lastgood withdrew says nothing.
 */
export function countingPulls<Pull extends Told>(
  pulls: readonly Pull[],
): ReadonlyMap<string, Pull> {
  const counting = new Map<string, Pull>();
  for (const pull of pulls) {
    if (pull.withdrawn) continue;
    const other = counting.get(pull.branch);
    if (!other || saysMore(pull, other)) counting.set(pull.branch, pull);
  }
  return counting;
}

/** Whether of two pull requests of a branch this one counts. */
function saysMore(pull: Omit<Told, 'branch'>, other: Omit<Told, 'branch'>): boolean {
  if (isOwnOpen(pull) !== isOwnOpen(other)) return isOwnOpen(pull);
  return isOwnOpen(pull) ? pull.number < other.number : pull.number > other.number;
}

function isOwnOpen({ state, own }: Omit<Told, 'branch'>): boolean {
  return own && state === 'open';
}
