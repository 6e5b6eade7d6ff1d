import type { Instant, Milliseconds } from '../time.ts';
import { repack, type Bundled } from './bundle.ts';
import type { Database, Queries } from './database.ts';
import { createDocuments } from './documents.ts';
import { LeaseLost } from './errors.ts';
import type { Lease } from './lease.ts';
import { NOW, type NowParameter } from './now.ts';
import type { Change } from './settlement.ts';
import { createTimers } from './timers.ts';

/** An item that leaves the bundle it came in. */
export interface Leaving {
  readonly kind: string;
  readonly key: string | null;
  readonly priority: number;
  readonly arrivedAt: Instant;
}

/** One that goes into a row of its own. */
export interface Apart extends Leaving {
  readonly payload: string;
  readonly tries: number;
}

/** What becomes of the items of a turn, decided down to the row. */
export interface Settled {
  /** Rows whose item was handled, and bundles of which nothing is left. */
  readonly handled: readonly number[];
  /** Items with a key that were handled in a bundle. */
  readonly handledInBundles: readonly Leaving[];
  readonly untouched: readonly number[];
  /** Were handed over in vain together with others: they come alone next, and this try does not count. */
  readonly alone: readonly number[];
  readonly later: readonly {
    readonly item: number | Apart;
    readonly after: Milliseconds;
    readonly why: string;
  }[];
  readonly dead: readonly { readonly item: number | Apart; readonly why: string }[];
  /** Bundles of which something is left. */
  readonly rest: readonly {
    readonly id: number;
    /** What is left; undefined when that is all of it. */
    readonly items: readonly Bundled[] | undefined;
    /** The turn is over, and what is left was not handed out, or not touched. */
    readonly over: boolean;
    readonly alone: boolean;
  }[];
  readonly changes: readonly Change[];
  /** What happens to the lane: the turn goes on, it ends, or it ends and the lane rests. */
  readonly lane:
    | { readonly kind: 'keep' }
    | { readonly kind: 'release' }
    | {
        readonly kind: 'pause';
        readonly after: (pauses: number) => Milliseconds;
        readonly why: string;
      };
}

/**
 * Writes what became of items, and the changes that go with it, all or nothing. Throws {@link LeaseLost} when the
 * lane was given to another worker, and then nothing is written. Mostly everything was handled and nothing changes:
 * that is one statement.
 */
export async function settleItems(
  database: Database,
  now: NowParameter,
  lease: Lease,
  settled: Settled,
): Promise<void> {
  const at = now();
  const { untouched, alone, later, dead, rest, changes, lane } = settled;
  const lists = [untouched, alone, later, dead, rest, changes];
  if (lane.kind !== 'pause' && lists.every(({ length }) => length === 0)) {
    return settleHandled(database, at, lease, settled);
  }
  await database.transaction(async (tx) => {
    await settleHandled(tx, at, lease, settled);
    await settleUnhandled(tx, at, lease.lane, settled);
    await applyChanges(tx, at, lease.lane, changes);
    if (lane.kind === 'pause') await pauseLane(tx, at, lease.lane, lane);
  });
}

const KEEP = `
  select pauses from lastgood.lane where name = $2 and holder = $3 and fence = $4 for update`;
const RELEASE = `
  update lastgood.lane set holder = null, lease_until = null, paused_until = null, pauses = 0, pause_why = null
  where name = $2 and holder = $3 and fence = $4 returning 1`;

/** An item with a key leaves the key behind, so that its repetition is known; any other is gone. */
const HANDLE = (held: string): string => `
  with held as (${held}), gone as (
    delete from lastgood.item
    where id = any($5::bigint[]) and key is null and exists (select from held)
  ), kept as (
    update lastgood.item set state = 'handled', payload = '', size = 0, error = null, settled_at = ${NOW}
    where id = any($5::bigint[]) and key is not null and exists (select from held)
  ), known as (
    insert into lastgood.item
      (lane, kind, key, priority, payload, size, state, arrived_at, settled_at, tries)
    select $2, kind, key, priority, '', 0, 'handled', arrived_at, ${NOW}, 1
    from unnest($6::text[], $7::text[], $8::smallint[], $9::float8[])
      as item (kind, key, priority, arrived_at)
    where exists (select from held)
    -- Came once more since, in a row of its own.
    on conflict (lane, key) do update
    set state = 'handled', payload = '', size = 0, error = null, settled_at = excluded.settled_at
    where item.state = 'waiting'
  )
  select 1 from held`;
const HANDLE_AND_KEEP = HANDLE(KEEP);
const HANDLE_AND_RELEASE = HANDLE(RELEASE);

async function settleHandled(
  tx: Queries,
  at: Instant | null,
  { lane, holder, fence }: Lease,
  { handled, handledInBundles: some, lane: then }: Settled,
): Promise<void> {
  const held = await tx.query(then.kind === 'release' ? HANDLE_AND_RELEASE : HANDLE_AND_KEEP, [
    at,
    lane,
    holder,
    fence,
    handled,
    some.map(({ kind }) => kind),
    some.map(({ key }) => key),
    some.map(({ priority }) => priority),
    some.map(({ arrivedAt }) => arrivedAt),
  ]);
  if (held.length === 0) throw new LeaseLost(lane);
}

async function pauseLane(
  tx: Queries,
  at: Instant | null,
  lane: string,
  { after, why }: Settled['lane'] & { readonly kind: 'pause' },
): Promise<void> {
  const [row] = await tx.query<{ pauses: number }>(
    `update lastgood.lane set holder = null, lease_until = null, pauses = pauses + 1, pause_why = $2
     where name = $1 returning pauses`,
    [lane, shorten(why)],
  );
  await tx.query(`update lastgood.lane set paused_until = ${NOW} + $3 where name = $2`, [
    at,
    lane,
    after(row?.pauses ?? 1),
  ]);
}

async function settleUnhandled(
  tx: Queries,
  at: Instant | null,
  lane: string,
  { untouched, alone, later, dead, rest }: Settled,
): Promise<void> {
  if (untouched.length > 0) {
    await tx.query(
      `update lastgood.item set tries = tries - 1, alone = tries > 1 where id = any($1::bigint[])`,
      [untouched],
    );
  }
  if (alone.length > 0) {
    await tx.query('update lastgood.item set tries = tries - 1 where id = any($1::bigint[])', [
      alone,
    ]);
  }
  for (const { id, items, over, alone: comesAlone } of rest) {
    const payload = items && repack(items);
    // What follows an item that came alone was handed out with it once at most.
    await tx.query(
      `update lastgood.item
       set payload = coalesce($2, payload), size = coalesce(octet_length($2), size), many = coalesce($3, many),
         tries = case when $4 then least(tries - 1, 1) else tries end,
         alone = case when $4 then $5 or tries > 1 else alone end
       where id = $1`,
      [id, payload ?? null, items?.length ?? null, over, comesAlone],
    );
  }
  const again = later.map(({ item, after, why }) => ({ item, after, why: shorten(why) }));
  await eachRow(again, (rows) =>
    tx.query(
      `update lastgood.item set state = 'later', due_at = ${NOW} + again.after, error = again.why
       from unnest($2::bigint[], $3::float8[], $4::text[]) as again (id, after, why) where item.id = again.id`,
      [
        at,
        rows.map(({ item }) => item),
        rows.map(({ after }) => after),
        rows.map(({ why }) => why),
      ],
    ),
  );
  const lost = dead.map(({ item, why }) => ({ item, why: shorten(why) }));
  await eachRow(lost, (rows) =>
    tx.query(
      `update lastgood.item set state = 'dead', settled_at = ${NOW}, told_at = null, error = lost.why
       from unnest($2::bigint[], $3::text[]) as lost (id, why) where item.id = lost.id`,
      [at, rows.map(({ item }) => item), rows.map(({ why }) => why)],
    ),
  );
  for (const { item, after, why } of again) {
    if (typeof item !== 'number')
      await setApart(tx, at, lane, item, { state: 'later', after, why });
  }
  for (const { item, why } of lost) {
    if (typeof item !== 'number') await setApart(tx, at, lane, item, { state: 'dead', why });
  }
}

/** Those that have a row of their own, if there are any. */
async function eachRow<One extends { readonly item: number | Apart }>(
  all: readonly One[],
  write: (rows: readonly (One & { readonly item: number })[]) => Promise<unknown>,
): Promise<void> {
  const hasRow = (one: One): one is One & { readonly item: number } => typeof one.item === 'number';
  const rows = all.filter(hasRow);
  if (rows.length > 0) await write(rows);
}

/** Puts an item of a bundle into a row of its own. One that came once more since has one already. */
async function setApart(
  tx: Queries,
  at: Instant | null,
  lane: string,
  { kind, key, priority, payload, arrivedAt, tries }: Apart,
  how: { readonly state: 'later' | 'dead'; readonly after?: Milliseconds; readonly why: string },
): Promise<void> {
  await tx.query(
    `insert into lastgood.item
       (lane, kind, key, priority, payload, size, state, arrived_at, tries, alone, error, due_at, settled_at)
     select $2, $3, $4, $5, $6, octet_length($6), $7, $8, $9, true, $10,
       case $7 when 'later' then ${NOW} + $11 end, case $7 when 'dead' then ${NOW} end
     on conflict (lane, key) do nothing`,
    [at, lane, kind, key, priority, payload, how.state, arrivedAt, tries, how.why, how.after ?? 0],
  );
}

async function applyChanges(
  tx: Queries,
  at: Instant | null,
  lane: string,
  changes: readonly Change[],
): Promise<void> {
  const documents = changes.filter((one) => one.kind === 'put' || one.kind === 'delete');
  await createDocuments(tx, () => at).change(lane, documents);
  const timers = createTimers(tx);
  for (const change of changes) {
    if (change.kind === 'put' || change.kind === 'delete') continue;
    if (change.kind === 'cancel-timer') await timers.cancel(lane, change.name);
    else await timers.set(lane, change.name, change.when, change.options);
  }
}

const LONGEST_WHY = 2_000;

/** An error's text as it is kept: bounded, and without what PostgreSQL refuses. */
function shorten(why: string): string {
  return why.replaceAll('\0', '').toWellFormed().slice(0, LONGEST_WHY).toWellFormed();
}
