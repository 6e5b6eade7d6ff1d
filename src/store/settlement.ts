import type { Instant, Milliseconds } from '../time.ts';
import type { DocumentChange } from './documents.ts';
import type { Item } from './item.ts';
import type { TimerOptions } from './timers.ts';

/** What became of one item. */
export type Outcome =
  /** Done; it is acknowledged. */
  | { readonly kind: 'handled' }
  /** Goes aside and comes again, after a while that grows with its tries; when they are used up, it is dead. */
  | { readonly kind: 'retry'; readonly why: string; readonly after?: Milliseconds }
  /** No try will help. A person is paged and may replay it. */
  | { readonly kind: 'dead'; readonly why: string }
  /** Was not touched: it stays where it is, and this try does not count. */
  | { readonly kind: 'untouched' };

/** A change of the lane's own state, made in the transaction that acknowledges the items. */
export type Change =
  | DocumentChange
  | {
      readonly kind: 'set-timer';
      readonly name: string;
      readonly when: Instant;
      readonly options?: TimerOptions;
    }
  | { readonly kind: 'cancel-timer'; readonly name: string };

/** What a handler says at the end of a turn, or in its middle about a part of the items. */
export interface Settlement {
  /** By the item's id. At the end of a turn, an item that was never named is handled. */
  readonly outcomes?: ReadonlyMap<number, Outcome>;
  readonly changes?: readonly Change[];
  /** Called once all of it stands on the disk. Not called: it may stand there or not. */
  readonly settled?: () => void;
}

/**
 * Thrown by a handler when it is not an item's fault: GitHub is down, or limits the App. The items that are not
 * settled yet stay where they are, in their order and without a try counted, and the whole lane rests: for as long as
 * is said here, or longer each time.
 */
export class PauseLane extends Error {
  readonly after: Milliseconds | undefined;

  constructor(why: string, options: ErrorOptions & { readonly after?: Milliseconds } = {}) {
    super(why, options);
    this.name = new.target.name;
    this.after = options.after;
  }
}

/** One hand-over of a lane's waiting items. */
export interface Turn {
  readonly lane: string;
  /**
   * The same number as in this process's last turn of the lane: nobody else worked the lane in between, and what is
   * remembered of it still holds.
   */
  readonly stretch: number;
  /** At least one; by priority, then by arrival. */
  readonly items: readonly Item[];
  /** Aborted when the lease is lost or the process stops: nothing further should be begun. */
  readonly signal: AbortSignal;
  /**
   * Settles items before the turn ends, so that a crash repeats less. Only the named items are settled.
   * Throws {@link LeaseLost}, and then nothing was settled or changed.
   */
  readonly settle: (settlement: Settlement) => Promise<void>;
}
