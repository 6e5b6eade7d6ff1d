import { sameSuspect } from '../releases/suspects.ts';
import type { TargetKey } from '../target.ts';
import type { Restriction, State, TargetState } from './state.ts';

/**
 * The state where the newest commits of its branch are not Lastgood's own. What they add to restrictions counts, and
 * what they take away does not: `trusted` is the state as Lastgood last wrote it, `seen` what stands there now.
 */
export function restrict(trusted: State, seen: State): State {
  const freeze = longest(trusted.freeze, seen.freeze);
  const targets = new Map<TargetKey, TargetState>(trusted.targets);
  for (const [key, one] of seen.targets) {
    const known = trusted.targets.get(key);
    const hold = longest(known?.hold, one.hold);
    const more = one.quarantine.filter(
      (added) =>
        !known?.quarantine.some(
          (old) => sameSuspect(old.pins, added.pins) && (added.at ?? Infinity) <= (old.at ?? 0),
        ),
    );
    targets.set(key, {
      target: one.target,
      ...(hold && { hold }),
      ...(known?.baseline && { baseline: known.baseline }),
      quarantine: [...(known?.quarantine ?? []), ...more],
      relands: known?.relands ?? [],
    });
  }
  return {
    ...(freeze && { freeze }),
    targets,
    unreadable: new Set([...trusted.unreadable, ...seen.unreadable]),
    problems: [...trusted.problems, ...seen.problems],
  };
}

/** The restriction that lasts longer; the first one where both last alike. */
function longest(a: Restriction | undefined, b: Restriction | undefined): Restriction | undefined {
  if (!a || !b) return a ?? b;
  return (b.until ?? Infinity) > (a.until ?? Infinity) ? b : a;
}
