/**
 * One turn of a lane: take what waits, have it handled, settle it.
 *
 * Races and the properties wanted:
 * - The process dies anywhere: items are settled in one transaction or not at all, and what is not settled is handed
 *   out again (at least once; handlers ask "is it done already?").
 * - The lease is lost while the handler works: the signal is aborted, and the settlement is refused by the fence.
 * - An item that makes the handler throw, or kills the process, is found out by coming alone, and goes aside.
 */
import type { Milliseconds } from '../time.ts';
import { backoff } from './backoff.ts';
import type { Database } from './database.ts';
import { LeaseLost, StoreUnavailable } from './errors.ts';
import { releaseLease, type Lease } from './lease.ts';
import type { NowParameter } from './now.ts';
import { PauseLane, type Outcome, type Settlement, type Turn } from './settlement.ts';
import { settleItems, type Settled } from './settle-items.ts';
import { sortOutcomes, type Fate } from './sort-outcomes.ts';
import { messageOf } from './sqlstate.ts';
import { takeItems, type BatchBounds } from './take-items.ts';

/** Answers nothing when every item was handled. What it throws is a failed try, or {@link PauseLane}. */
export type Handle = (turn: Turn) => Promise<Settlement | undefined | void>;

export interface TurnParts {
  readonly database: Database;
  readonly now: NowParameter;
  readonly random: () => number;
  readonly handle: Handle;
  readonly batch: BatchBounds;
  /** Tries until an item is dead. */
  readonly maxTries: number;
}

/** Works one turn of a leased lane and lets the lease go. Throws {@link LeaseLost} when another worker has it. */
export async function takeTurn(parts: TurnParts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { database, now, handle, maxTries, random } = parts;
  const taken = await takeItems(database, lease, parts.batch);
  const { items } = taken;
  const open = new Map(items.map((item) => [item.id, item]));
  /** Ids of items that their bundles need not keep. */
  const gone = new Set(taken.repeated);
  const settle = async (
    outcomes: ReadonlyMap<number, Fate>,
    changes: Settlement['changes'],
    then: Settled['lane'],
  ): Promise<void> => {
    const mine = new Map([...outcomes].filter(([id]) => open.has(id)));
    const over = then.kind !== 'keep';
    const sorted = sortOutcomes(mine, { open, taken, gone, over, maxTries, random });
    await settleItems(database, now, lease, { ...sorted, changes: changes ?? [], lane: then });
    for (const [id, { kind }] of mine) {
      open.delete(id);
      if (kind !== 'untouched' && kind !== 'alone') gone.add(id);
    }
  };

  const [first] = items;
  if (first === undefined) {
    // Also when all that was taken came once more: it goes.
    return taken.rows.size > 0
      ? settle(new Map(), [], { kind: 'release' })
      : releaseLease(database, lease);
  }
  if (first.tries > maxTries) {
    // Whoever works on it does not live to tell.
    const why =
      `This was handed out ${maxTries} times and never settled: each time the process ended, or stood still ` +
      'until its lease did.';
    return settle(new Map([[first.id, { kind: 'dead', why }]]), [], { kind: 'release' });
  }
  const turn: Turn = {
    lane: lease.lane,
    stretch: lease.stretch,
    items,
    signal,
    async settle({ outcomes = new Map(), changes, settled }) {
      await settle(outcomes, changes, { kind: 'keep' });
      settled?.();
    },
  };
  try {
    const settlement = (await handle(turn)) ?? {};
    const said = settlement.outcomes;
    const outcomes = new Map<number, Outcome>(
      [...open.keys()].map((id) => [id, said?.get(id) ?? { kind: 'handled' }]),
    );
    await settle(outcomes, settlement.changes, { kind: 'release' });
    settlement.settled?.();
  } catch (error) {
    // With these nothing can be written now. The lease ends by itself, and then the items are handed out again.
    if (error instanceof LeaseLost || error instanceof StoreUnavailable) throw error;
    await settleFailure(error);
  }

  async function settleFailure(error: unknown): Promise<void> {
    const why = messageOf(error);
    const every = (fate: Fate) => new Map<number, Fate>([...open.keys()].map((id) => [id, fate]));
    if (error instanceof PauseLane) {
      const after = (pauses: number): Milliseconds => error.after ?? backoff(pauses, random);
      return settle(every({ kind: 'untouched' }), [], { kind: 'pause', after, why });
    }
    if (signal.aborted) return settle(every({ kind: 'untouched' }), [], { kind: 'release' });
    if (open.size <= 1) return settle(every({ kind: 'retry', why }), [], { kind: 'release' });
    // Any of them may be the cause: each comes alone next.
    return settle(every({ kind: 'alone' }), [], { kind: 'release' });
  }
}
