import { firstOf, itemIdOf, rowOf, unpackRow, type Bundled } from './bundle.ts';
import type { Queries } from './database.ts';
import type { Item, Json } from './item.ts';
import type { Lease } from './lease.ts';

export interface BatchBounds {
  readonly items: number;
  /** Of payloads; a single item may be larger. */
  readonly bytes: number;
}

/** A row whose items were handed out. */
export interface TakenRow {
  readonly id: number;
  readonly lane: string;
  readonly priority: number;
  readonly arrivedAt: number;
  readonly tries: number;
  /** It was handed out before and not settled, so that its items come one by one. */
  readonly alone: boolean;
  /** What still lies in it, when it is a bundle: also what was not handed out this time. */
  readonly bundle: readonly Bundled[] | undefined;
}

export interface Taken {
  readonly items: Item[];
  readonly rows: ReadonlyMap<number, TakenRow>;
  /** Ids of items in bundles whose key is known already: they are not handed out, and go with what is settled. */
  readonly repeated: ReadonlySet<number>;
}

interface Row {
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  readonly key: string | null;
  readonly name: string | null;
  readonly priority: number;
  readonly payload: string;
  readonly size: number;
  readonly bundled: boolean;
  readonly arrived_at: number;
  readonly tries: number;
  readonly was_alone: boolean;
}

/**
 * Takes what waits in a leased lane, by priority and then by arrival, up to the bounds. The hand-over is counted
 * before anything is done, so that an item that kills the process is found out. An item that was handed out before
 * and not settled comes alone: whatever is wrong with it costs no other item a try.
 */
export async function takeItems(
  database: Queries,
  lease: Lease,
  bounds: BatchBounds,
): Promise<Taken> {
  const rows = await database.query<Row>(
    `with mine as (
       select 1 from lastgood.lane where name = $1 and holder = $2 and fence = $3 for update
     ), first as (
       select id, priority, size, many, alone from lastgood.item
       where lane = $1 and state in ('waiting', 'bundled')
       order by priority desc, id limit $4
     ), counted as (
       select id, alone as was_alone, row_number() over line as nth, sum(size) over line as bytes,
         sum(many) over line as items,
         count(*) filter (where alone) over line as alone
       from first window line as (order by priority desc, id)
     )
     update lastgood.item set tries = tries + 1, alone = true
     from counted
     where item.id = counted.id and exists (select from mine)
       and (counted.nth = 1
         or (counted.alone = 0 and counted.bytes <= $5 and counted.items <= $4))
     returning item.id::float8 as id, lane, kind, key, name, priority, payload,
       item.size, state = 'bundled' as bundled, arrived_at, tries, was_alone`,
    [lease.lane, lease.holder, lease.fence, bounds.items, bounds.bytes],
  );
  rows.sort((a, b) => b.priority - a.priority || a.id - b.id);
  const items: Item[] = [];
  const taken = new Map<number, TakenRow>();
  for (const row of rows) {
    const bundle = row.bundled ? unpackRow(row.payload) : undefined;
    taken.set(row.id, {
      id: row.id,
      lane: row.lane,
      priority: row.priority,
      arrivedAt: row.arrived_at,
      tries: row.tries,
      alone: row.was_alone,
      bundle,
    });
    if (!bundle) {
      const payload = JSON.parse(row.payload) as Json;
      items.push(itemOf(row, [0, row.kind, row.key, payload]));
      continue;
    }
    const most = row.was_alone ? 1 : bounds.items - items.length;
    const bytes = row.size > bounds.bytes ? bounds.bytes : undefined;
    for (const one of firstOf(bundle, most, bytes)) items.push(itemOf(row, one));
  }
  const repeated = await findRepeated(database, lease.lane, items, taken);
  return { items: items.filter(({ id }) => !repeated.has(id)), rows: taken, repeated };
}

/** An item of a bundle is told from a repetition only now; a repetition within the lane is one of the same key. */
async function findRepeated(
  database: Queries,
  lane: string,
  items: readonly Item[],
  rows: Taken['rows'],
): Promise<Set<number>> {
  const repeated = new Set<number>();
  const first = new Map<string, Item>();
  for (const item of items) {
    if (item.key === undefined || !rows.get(rowOf(item.id))?.bundle) continue;
    if (first.has(item.key)) repeated.add(item.id);
    else first.set(item.key, item);
  }
  if (first.size === 0) return repeated;
  const known = await database.query<{ key: string }>(
    'select key from lastgood.item where lane = $1 and key = any($2::text[])',
    [lane, [...first.keys()]],
  );
  for (const { key } of known) {
    const item = first.get(key);
    if (item) repeated.add(item.id);
  }
  return repeated;
}

function itemOf(row: Row, [nth, kind, key, payload]: Bundled): Item {
  return {
    id: itemIdOf(row.id, nth),
    lane: row.lane,
    kind,
    key: key ?? undefined,
    timer: row.name ?? undefined,
    priority: row.priority,
    payload,
    arrivedAt: row.arrived_at,
    tries: row.tries,
  };
}
