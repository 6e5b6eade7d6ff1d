import { stringify } from 'yaml';
import type { Instant } from '../time.ts';
import type { State, TargetState } from './state.ts';

const HEAD = '# Written by Lastgood. Commands change it: see docs/commands.md.\n';

/** The file of the whole repository; null when nothing is to be said. */
export function writeRepositoryState({ freeze }: State): string | null {
  return write({ freeze: freeze && withTimes(freeze) });
}

/** The file of a target; null when nothing is to be said. */
export function writeTargetState(state: TargetState): string | null {
  const { hold, baseline, quarantine, relands } = state;
  return write({
    hold: hold && withTimes(hold),
    baseline: baseline && withTimes(baseline),
    quarantine: quarantine.length > 0 ? quarantine.map(withTimes) : undefined,
    relands: relands.length > 0 ? relands.map(withTimes) : undefined,
  });
}

function write(parts: Readonly<Record<string, unknown>>): string | null {
  if (Object.values(parts).every((part) => part === undefined)) return null;
  // Aliases would save a few lines and cost every reader a search.
  return HEAD + stringify(parts, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Moments as people and other programs read them. */
function withTimes(part: { readonly at?: Instant; readonly until?: Instant }): object {
  return {
    ...part,
    ...(part.at !== undefined && { at: new Date(part.at).toISOString() }),
    ...(part.until !== undefined && { until: new Date(part.until).toISOString() }),
  };
}
