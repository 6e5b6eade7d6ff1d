/**
 * Items that came together for one lane at one priority lie in one row until something tells them apart: under load
 * that is one row for a hundred deliveries, written, handed out and acknowledged at the price of one. What is pure
 * about it is here.
 *
 * Properties: a bundle keeps the order in which its items came; each item has the same id however often it is handed
 * out, also after others of its bundle are gone.
 */
import type { Json } from './item.ts';

/** An item that was checked, as it goes into a row. */
export interface CheckedItem {
  readonly lane: string;
  readonly kind: string;
  readonly key: string | null;
  readonly priority: number;
  /** JSON. */
  readonly payload: string;
}

/** A row to be written: one item, or several of a lane and a priority. */
export interface NewRow extends CheckedItem {
  /** How many items it holds. */
  readonly many: number;
}

/** An item within a bundle: its number there, its kind, its key and its payload. */
export type Bundled = readonly [nth: number, kind: string, key: string | null, payload: Json];

/** So many items share a row at most. */
export const MOST_BUNDLED = 100;
/** Bytes of payloads in one bundle; a bundle of which a part is done is written anew. */
const BUNDLE_BYTES = 65_536;
/** The kind of a bundle of several kinds. */
const MIXED = 'several';

/** Ids of items leave this much room for the numbers within a bundle. */
const ROOM = 128;

/** The id of an item, from that of its row and its number there: 0 for one that has a row of its own. */
export function itemIdOf(row: number, nth = 0): number {
  return row * ROOM + nth;
}

export function rowOf(item: number): number {
  return Math.floor(item / ROOM);
}

/** Packs what is written together into as few rows as its lanes and priorities allow, in its order. */
export function packRows(items: readonly CheckedItem[]): readonly NewRow[] {
  if (items.length === 1) return items.map(alone);
  const open = new Map<string, { readonly items: CheckedItem[]; bytes: number }>();
  const packs: CheckedItem[][] = [];
  for (const item of items) {
    const place = `${item.priority} ${item.lane}`;
    const pack = open.get(place);
    const size = item.payload.length;
    if (pack && pack.items.length < MOST_BUNDLED && pack.bytes + size <= BUNDLE_BYTES) {
      pack.items.push(item);
      pack.bytes += size;
    } else {
      const first = [item];
      packs.push(first);
      open.set(place, { items: first, bytes: size });
    }
  }
  return packs.flatMap((pack) => (pack.length === 1 ? pack.map(alone) : [bundle(pack)]));
}

function alone(item: CheckedItem): NewRow {
  return { ...item, many: 1 };
}

function bundle(items: readonly CheckedItem[]): NewRow {
  const [first] = items;
  if (!first) throw new Error('A bundle of nothing.');
  const { lane, priority, kind } = first;
  const written = items.map(
    (item, nth) =>
      `[${nth},${JSON.stringify(item.kind)},${JSON.stringify(item.key)},${item.payload}]`,
  );
  return {
    lane,
    priority,
    kind: items.every((item) => item.kind === kind) ? kind : MIXED,
    key: null,
    payload: `[${written.join(',')}]`,
    many: items.length,
  };
}

/** Reads a bundle. */
export function unpackRow(payload: string): readonly Bundled[] {
  return JSON.parse(payload) as readonly Bundled[];
}

/** What of a bundle is handed out first: at least one item, at most so many, and of so many bytes together. */
export function firstOf(
  items: readonly Bundled[],
  most: number,
  mostBytes?: number,
): readonly Bundled[] {
  if (mostBytes === undefined) return items.slice(0, most);
  let bytes = 0;
  const end = items.findIndex(([, , , payload], i) => {
    bytes += Buffer.byteLength(JSON.stringify(payload));
    return i > 0 && (i >= most || bytes > mostBytes);
  });
  return end === -1 ? items : items.slice(0, end);
}

/** Writes what is left of a bundle. */
export function repack(items: readonly Bundled[]): string {
  return JSON.stringify(items);
}
