import type { Queries } from './database.ts';
import type { Item, Json } from './item.ts';
import type { Lease } from './lease.ts';

export interface BatchBounds {
  readonly items: number;
  /** Of payloads; a single item may be larger. */
  readonly bytes: number;
}

interface Row {
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  readonly key: string | null;
  readonly name: string | null;
  readonly priority: number;
  readonly payload: string;
  readonly arrived_at: number;
  readonly tries: number;
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
): Promise<Item[]> {
  const rows = await database.query<Row>(
    `with mine as (
       select 1 from lastgood.lane where name = $1 and holder = $2 and fence = $3 for update
     ), first as (
       select id, priority, size, alone from lastgood.item where lane = $1 and state = 'waiting'
       order by priority desc, id limit $4
     ), counted as (
       select id, row_number() over line as nth, sum(size) over line as bytes,
         count(*) filter (where alone) over line as alone
       from first window line as (order by priority desc, id)
     )
     update lastgood.item set tries = tries + 1, alone = true
     from counted
     where item.id = counted.id and exists (select from mine)
       and (counted.nth = 1 or (counted.alone = 0 and counted.bytes <= $5))
     returning item.id::float8 as id, lane, kind, key, name, priority, payload, arrived_at, tries`,
    [lease.lane, lease.holder, lease.fence, bounds.items, bounds.bytes],
  );
  return rows
    .sort((a, b) => b.priority - a.priority || a.id - b.id)
    .map((row) => ({
      id: row.id,
      lane: row.lane,
      kind: row.kind,
      key: row.key ?? undefined,
      timer: row.name ?? undefined,
      priority: row.priority,
      payload: JSON.parse(row.payload) as Json,
      arrivedAt: row.arrived_at,
      tries: row.tries,
    }));
}
