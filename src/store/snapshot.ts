import type { Milliseconds } from '../time.ts';
import type { Queries } from './database.ts';
import { NOW, type NowParameter } from './now.ts';

/** What the store holds, for metrics and health. */
export interface Snapshot {
  /** May be handed out now. */
  readonly waiting: number;
  /** Wait for another try. */
  readonly later: number;
  readonly dead: number;
  /** Keys kept so that a repetition is known. */
  readonly handled: number;
  readonly timers: number;
  /** Lanes being worked. */
  readonly working: number;
  /** Lanes that rest, and still have something waiting. */
  readonly paused: number;
  /** How long the oldest waiting item has been there; 0 when none waits. */
  readonly oldestAge: Milliseconds;
}

export async function takeSnapshot(database: Queries, now: NowParameter): Promise<Snapshot> {
  const count = (where: string): string =>
    `(select count(*)::float8 from lastgood.item where state = '${where}')`;
  const ready = "state in ('waiting', 'bundled')";
  const [row] = await database.query<Snapshot>(
    `select (select coalesce(sum(many), 0)::float8 from lastgood.item where ${ready}) as waiting, ${count('later')} as later, ${count('dead')} as dead,
       ${count('handled')} as handled,
       (select count(*)::float8 from lastgood.timer) as timers,
       (select count(*)::float8 from lastgood.lane where lease_until > ${NOW}) as working,
       (select count(*)::float8 from lastgood.lane where paused_until > ${NOW}
          and exists (select from lastgood.item where lane = lane.name and ${ready})) as paused,
       (select coalesce(greatest(0, ${NOW} - min(arrived_at)), 0)
          from lastgood.item where ${ready}) as "oldestAge"`,
    [now()],
  );
  if (!row) throw new Error('A query without a table answered no row.');
  return row;
}
