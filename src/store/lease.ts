import type { Milliseconds } from '../time.ts';
import type { Database, Queries } from './database.ts';
import { NOW, type NowParameter } from './now.ts';

/**
 * The right to work a lane: the holder's until the lease ends or is taken over. The fence grows with every hand-over,
 * and everything that is written about the lane's items names it, so that a worker that was given up for dead cannot
 * acknowledge what another one has been given since.
 */
export interface Lease {
  readonly lane: string;
  readonly holder: string;
  readonly fence: number;
  /** The fence at which the holder began to work the lane without another one in between. */
  readonly stretch: number;
}

/**
 * How long a lane of the next higher priority is preferred to one that waits. Bounds what a storm of urgent items in
 * one lane can cost another lane's plain ones.
 */
const HEAD_START = 10_000;

/** What may be handed out: see the index `item_ready`. */
const READY = "state in ('waiting', 'bundled')";

/** The first item of each lane that has one, found by stepping through the index from lane to lane. */
const HEADS = `
  heads as (
    (select lane, priority, arrived_at from lastgood.item where ${READY}
     order by lane, priority desc, id limit 1)
    union all
    select next.* from heads cross join lateral (
      select lane, priority, arrived_at from lastgood.item where ${READY} and lane > heads.lane
      order by lane, priority desc, id limit 1) next
  )`;

const FREE = `(lane.lease_until is null or lane.lease_until <= ${NOW})
  and (lane.paused_until is null or lane.paused_until <= ${NOW})`;

export interface Claim {
  readonly holder: string;
  readonly lease: Milliseconds;
  readonly limit: number;
  /**
   * How long a lane that another process worked last is left to it from when something waits there. What a process
   * knows of a lane is good as long as nobody else works it. One that died costs this long, once for each lane.
   */
  readonly affinity: Milliseconds;
  /** Lanes that are still worked in this process. One whose lease has ended is another process's to take over. */
  readonly but: readonly string[];
}

/**
 * Takes lanes that have something waiting, that nobody works and that are not paused: those first whose first item
 * has waited longest since the lane was last served, with a head start for priority. A lane that was just served goes
 * behind the others, however much it still has.
 */
export async function claimLanes(
  database: Queries,
  now: NowParameter,
  claim: Claim,
): Promise<Lease[]> {
  const rows = await database.query<{ name: string; fence: number; stretch: number }>(
    `with recursive ${HEADS}, ready as (
       select heads.lane from heads left join lastgood.lane on lane.name = heads.lane
       where (lane.name is null or (${FREE})) and heads.lane <> all ($5::text[])
         and (lane.last_holder is null or lane.last_holder = $2
           or greatest(lane.served_at, heads.arrived_at) <= ${NOW} - $6)
       order by greatest(lane.served_at, heads.arrived_at) - heads.priority * ${HEAD_START},
         coalesce(lane.served_at, 0), heads.arrived_at
       limit $4
     )
     insert into lastgood.lane
       (name, holder, fence, lease_until, served_at, last_holder, last_fence, stretch)
     select lane, $2, 1, ${NOW} + $3, ${NOW}, $2, 1, 1 from ready order by lane
     on conflict (name) do update
     set holder = excluded.holder, fence = lane.fence + 1,
         lease_until = excluded.lease_until, served_at = excluded.served_at,
         last_holder = excluded.holder, last_fence = lane.fence + 1,
         -- A process of an earlier version names itself as holder only, and is found out by the fence.
         stretch = case when lane.last_holder = excluded.holder and lane.last_fence = lane.fence
           then lane.stretch else lane.fence + 1 end
     where ${FREE}
     returning name, fence::float8 as fence, stretch::float8 as stretch`,
    [now(), claim.holder, claim.lease, claim.limit, claim.but, claim.affinity],
  );
  return rows.map(({ name, fence, stretch }) => ({
    lane: name,
    holder: claim.holder,
    fence,
    stretch,
  }));
}

/** Prolongs leases, and answers those that the holder has lost. */
export async function renewLeases(
  database: Queries,
  now: NowParameter,
  leases: readonly Lease[],
  length: Milliseconds,
): Promise<Lease[]> {
  if (leases.length === 0) return [];
  const kept = await database.query<{ name: string }>(
    `update lastgood.lane set lease_until = ${NOW} + $2
     from unnest($3::text[], $4::text[], $5::bigint[]) as mine (name, holder, fence)
     where lane.name = mine.name and lane.holder = mine.holder and lane.fence = mine.fence
     returning lane.name`,
    [
      now(),
      length,
      leases.map(({ lane }) => lane),
      leases.map(({ holder }) => holder),
      leases.map(({ fence }) => fence),
    ],
  );
  const names = new Set(kept.map(({ name }) => name));
  return leases.filter(({ lane }) => !names.has(lane));
}

/** Lets go of a lane without having settled anything. What was lost already is left alone. */
export async function releaseLease(database: Queries, lease: Lease): Promise<void> {
  await database.query(
    `update lastgood.lane set holder = null, lease_until = null
     where name = $1 and holder = $2 and fence = $3`,
    [lease.lane, lease.holder, lease.fence],
  );
}

/**
 * Frees the lanes that an earlier process on an embedded database left leased. Nobody else can be at work there: the
 * folder is locked. On PostgreSQL the leases end by themselves.
 */
export async function freeAbandoned(database: Database): Promise<void> {
  if (database.kind !== 'embedded') return;
  await database.query(
    `update lastgood.lane set holder = null, lease_until = null, last_holder = null
     where holder is not null or last_holder is not null`,
  );
}

/** Says that a holder will not come again, so that the lanes it worked last are left to it no longer. */
export async function sayGoodbye(database: Queries, holder: string): Promise<void> {
  await database.query('update lastgood.lane set last_holder = null where last_holder = $1', [
    holder,
  ]);
}
