import { nearestName } from '../nearest-name.ts';
import { targetKey, type Target } from '../target.ts';

export type FoundTarget =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'ambiguous'; readonly known: readonly string[] }
  | { readonly kind: 'unknown'; readonly meant?: string };

/** What a command may name, and the target that it is about where it names none. */
export interface Targets {
  /** Every target of the policies, those of broken files included: they can be held too. */
  readonly known: readonly Target[];
  /** The target of the rollback pull request, or of the incident, that the comment stands in. */
  readonly here?: Target;
}

/**
 * The target that somebody names: `environment/model`, or the model alone where it runs in one environment, or in the
 * one that the comment is about. Upper and lower case are alike, where that leaves one target: phones begin lines
 * with a capital.
 */
export function findTarget(word: string, { known, here }: Targets): FoundTarget {
  const exact = known.find((target) => targetKey(target) === word);
  if (exact) return { kind: 'target', target: exact };
  const byKey = known.filter((target) => same(targetKey(target), word));
  const found = byKey.length > 0 ? byKey : ofModel(word, known);
  const [only] = found;
  if (only && found.length === 1) return { kind: 'target', target: only };
  if (only) {
    const ofHere = here && found.find((target) => targetKey(target) === targetKey(here));
    if (ofHere) return { kind: 'target', target: ofHere };
    return { kind: 'ambiguous', known: found.map(targetKey) };
  }
  const meant = nearestName(word, [...known.map(targetKey), ...known.map(({ model }) => model)]);
  return { kind: 'unknown', ...(meant !== undefined && { meant }) };
}

function ofModel(word: string, known: readonly Target[]): readonly Target[] {
  const exact = known.filter(({ model }) => model === word);
  return exact.length > 0 ? exact : known.filter(({ model }) => same(model, word));
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
