import type { Instant, Milliseconds } from '../time.ts';
import type { Database, Queries } from './database.ts';
import { createDocuments } from './documents.ts';
import { LeaseLost } from './errors.ts';
import type { Lease } from './lease.ts';
import { NOW, type NowParameter } from './now.ts';
import type { Change } from './settlement.ts';
import { createTimers } from './timers.ts';

/** What becomes of the items of a turn, decided down to the row. */
export interface Settled {
  readonly handled: readonly number[];
  readonly untouched: readonly number[];
  /** Were handed over in vain together with others: they come alone next, and this try does not count. */
  readonly alone: readonly number[];
  readonly later: readonly {
    readonly id: number;
    readonly after: Milliseconds;
    readonly why: string;
  }[];
  readonly dead: readonly { readonly id: number; readonly why: string }[];
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
 * Writes what became of items, and the changes that go with it, in one transaction. Throws {@link LeaseLost} when the
 * lane was given to another worker, and then nothing is written.
 */
export async function settleItems(
  database: Database,
  now: NowParameter,
  lease: Lease,
  settled: Settled,
): Promise<void> {
  const at = now();
  await database.transaction(async (tx) => {
    await settleLane(tx, at, lease, settled.lane);
    await settleHandled(tx, at, settled.handled);
    await settleUnhandled(tx, at, settled);
    await applyChanges(tx, at, lease.lane, settled.changes);
  });
}

async function settleLane(
  tx: Queries,
  at: Instant | null,
  { lane, holder, fence }: Lease,
  then: Settled['lane'],
): Promise<void> {
  const [held] = await tx.query<{ pauses: number }>(
    'select pauses from lastgood.lane where name = $1 and holder = $2 and fence = $3 for update',
    [lane, holder, fence],
  );
  if (!held) throw new LeaseLost(lane);
  if (then.kind === 'keep') return;
  if (then.kind === 'release') {
    await tx.query(
      `update lastgood.lane set holder = null, lease_until = null, paused_until = null, pauses = 0, pause_why = null
       where name = $1`,
      [lane],
    );
    return;
  }
  await tx.query(
    `update lastgood.lane set holder = null, lease_until = null,
       paused_until = ${NOW} + $3, pauses = pauses + 1, pause_why = $4
     where name = $2`,
    [at, lane, then.after(held.pauses + 1), shorten(then.why)],
  );
}

/** An item with a key leaves the key behind, so that its repetition is known; any other is gone. */
async function settleHandled(
  tx: Queries,
  at: Instant | null,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('delete from lastgood.item where id = any($1::bigint[]) and key is null', [ids]);
  await tx.query(
    `update lastgood.item set state = 'handled', payload = '', size = 0, error = null, settled_at = ${NOW}
     where id = any($2::bigint[])`,
    [at, ids],
  );
}

async function settleUnhandled(tx: Queries, at: Instant | null, settled: Settled): Promise<void> {
  const { untouched, alone, later, dead } = settled;
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
  if (later.length > 0) {
    await tx.query(
      `update lastgood.item set state = 'later', due_at = ${NOW} + again.after, error = again.why
       from unnest($2::bigint[], $3::float8[], $4::text[]) as again (id, after, why) where item.id = again.id`,
      [
        at,
        later.map(({ id }) => id),
        later.map(({ after }) => after),
        later.map(({ why }) => shorten(why)),
      ],
    );
  }
  if (dead.length > 0) {
    await tx.query(
      `update lastgood.item set state = 'dead', settled_at = ${NOW}, told_at = null, error = lost.why
       from unnest($2::bigint[], $3::text[]) as lost (id, why) where item.id = lost.id`,
      [at, dead.map(({ id }) => id), dead.map(({ why }) => shorten(why))],
    );
  }
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
