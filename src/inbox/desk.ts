import type { HeldItem, LaneState } from '../store/items.ts';
import type { Json } from '../store/item.ts';
import type { Store } from '../store/store.ts';

/** What the inbox holds, for people. */
export interface InboxView {
  readonly lanes: readonly LaneState[];
  /** The first of them. */
  readonly items: readonly HeldItem[];
  /** How many there are. */
  readonly total: number;
}

/** An item whole. */
export type ItemView = HeldItem & { readonly payload: Json };

/** Why nothing became of something that was asked for. */
export type Refusal = 'unknown' | 'not-dead';

/** Looking into the inbox and seeing to what was given up: in the process that has it, or through it. */
export interface InboxDesk {
  look(): Promise<InboxView>;
  show(id: number): Promise<ItemView | undefined>;
  /** Puts a dead letter back into its lane, with all its tries. */
  replay(id: number): Promise<'done' | Refusal>;
  /** Puts all of them back that there are now. Answers how many. */
  replayAll(): Promise<number>;
  /** Deletes a dead letter for good. */
  drop(id: number, reason: string): Promise<'done' | Refusal>;
}

/** So many items are listed. */
const MOST_LISTED = 200;
/** Dead letters looked up at a time. */
const PAGE = 200;

/** `dropped` is told of what is deleted, before it is. */
export function createDesk(
  store: Pick<Store, 'items' | 'deadLetters' | 'snapshot'>,
  dropped: (item: ItemView, reason: string) => void,
): InboxDesk {
  const { items, deadLetters } = store;
  const whyNot = async (id: number): Promise<Refusal> =>
    (await items.find(id)) ? 'not-dead' : 'unknown';
  return {
    async look() {
      const [lanes, some, { waiting, later, dead }] = await Promise.all([
        items.lanes(),
        items.list({ limit: MOST_LISTED }),
        store.snapshot(),
      ]);
      return { lanes, items: some, total: waiting + later + dead };
    },
    show: (id) => items.find(id),
    async replay(id) {
      return (await deadLetters.replay(id)) ? 'done' : whyNot(id);
    },
    async replayAll() {
      // All ids first: one that dies again at once is not put back twice.
      const ids: number[] = [];
      for (;;) {
        const before = ids.at(-1);
        const page = await deadLetters.list({
          limit: PAGE,
          ...(before !== undefined && { before }),
        });
        ids.push(...page.map(({ id }) => id));
        if (page.length < PAGE) break;
      }
      let replayed = 0;
      // The oldest first, as they came.
      for (const id of ids.toReversed()) if (await deadLetters.replay(id)) replayed += 1;
      return replayed;
    },
    async drop(id, reason) {
      const item = await items.find(id);
      if (!item) return 'unknown';
      if (item.state !== 'dead') return 'not-dead';
      dropped(item, reason);
      return (await deadLetters.discard(id)) ? 'done' : whyNot(id);
    },
  };
}
