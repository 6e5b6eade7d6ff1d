import type { Milliseconds } from '../time.ts';
import { backoff } from './backoff.ts';
import { itemIdOf, rowOf } from './bundle.ts';
import type { Item } from './item.ts';
import type { Apart, Leaving, Settled } from './settle-items.ts';
import type { Outcome } from './settlement.ts';
import type { Taken } from './take-items.ts';

/** Also: was handed over in vain together with others, and comes alone next. */
export type Fate = Outcome | { readonly kind: 'alone' };

export interface SortParts {
  /** What was handed out and is not settled yet, by id. */
  readonly open: ReadonlyMap<number, Item>;
  readonly taken: Taken;
  /** Ids of items that their bundles need not keep: settled before, or repeated. */
  readonly gone: ReadonlySet<number>;
  /** The turn is over: what is left in a bundle was not handed out, or not touched. */
  readonly over: boolean;
  readonly maxTries: number;
  readonly random: () => number;
}

/** Pure but for what spreads out retries: what becomes of each row, from what became of the items. */
export function sortOutcomes(
  outcomes: ReadonlyMap<number, Fate>,
  { open, taken, gone, over, maxTries, random }: SortParts,
): Omit<Settled, 'changes' | 'lane'> {
  const handled: number[] = [];
  const handledInBundles: Leaving[] = [];
  const untouched: number[] = [];
  const alone = new Set<number>();
  const later: { item: number | Apart; after: Milliseconds; why: string }[] = [];
  const dead: { item: number | Apart; why: string }[] = [];
  const leaving = new Set(gone);
  for (const [id, outcome] of outcomes) {
    const item = open.get(id);
    if (!item) continue;
    const row = rowOf(id);
    const bundled = taken.rows.get(row)?.bundle !== undefined;
    if (outcome.kind === 'untouched') {
      if (!bundled) untouched.push(row);
      continue;
    }
    if (outcome.kind === 'alone') {
      alone.add(row);
      continue;
    }
    leaving.add(id);
    if (outcome.kind === 'handled') {
      if (!bundled) handled.push(row);
      else if (item.key !== undefined) handledInBundles.push(leavingOf(item));
      continue;
    }
    const place = bundled ? apartOf(item) : row;
    if (outcome.kind === 'dead' || item.tries >= maxTries)
      dead.push({ item: place, why: outcome.why });
    else {
      const after = outcome.after ?? backoff(item.tries, random);
      later.push({ item: place, after, why: outcome.why });
    }
  }
  const rest: Settled['rest'][number][] = [];
  for (const { id: row, bundle, alone: wasAlone } of taken.rows.values()) {
    if (!bundle) continue;
    const left = bundle.filter(([nth]) => !leaving.has(itemIdOf(row, nth)));
    if (left.length === 0) handled.push(row);
    else if (!alone.has(row)) {
      const items = left.length < bundle.length ? left : undefined;
      if (items || over) rest.push({ id: row, items, over, alone: wasAlone });
    }
  }
  return { handled, handledInBundles, untouched, alone: [...alone], later, dead, rest };
}

function leavingOf({ kind, key, priority, arrivedAt }: Item): Leaving {
  return { kind, key: key ?? null, priority, arrivedAt };
}

function apartOf(item: Item): Apart {
  return { ...leavingOf(item), payload: JSON.stringify(item.payload), tries: item.tries };
}
