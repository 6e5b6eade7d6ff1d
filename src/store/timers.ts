import type { Instant } from '../time.ts';
import type { Queries } from './database.ts';
import { NotStorable } from './errors.ts';
import { checkName, checkPriority, PAYLOAD_LIMIT, TIMER, writePayload, type Json } from './item.ts';
import { NOW, type NowParameter } from './now.ts';

export interface TimerOptions {
  readonly payload?: Json;
  /** Of the item that the timer becomes; 0 unless given. */
  readonly priority?: number;
}

/**
 * Timers that survive restarts. One that is due becomes an item of its lane, of the kind `timer`, once, whichever
 * replica finds it.
 */
export interface Timers {
  /** Sets a timer; one of the same name in the lane is replaced. */
  set(lane: string, name: string, when: Instant, options?: TimerOptions): Promise<void>;
  /** A timer that became an item already is not called back. */
  cancel(lane: string, name: string): Promise<void>;
  /** When the next one is due, or the next item that waits for another try; undefined when there is none. */
  next(): Promise<Instant | undefined>;
}

/** `stored` is told of every timer that is set. */
export function createTimers(database: Queries, stored: () => void = () => undefined): Timers {
  return {
    async set(lane, name, when, { payload = null, priority = 0 } = {}) {
      checkName('The lane of a timer', lane);
      checkName('The name of a timer', name);
      checkPriority(priority);
      if (!Number.isFinite(when)) throw new NotStorable(`The timer ${name} has no time: ${when}.`);
      await database.query(
        `insert into lastgood.timer (lane, name, due_at, priority, payload) values ($1, $2, $3, $4, $5)
         on conflict (lane, name) do update
         set due_at = excluded.due_at, priority = excluded.priority, payload = excluded.payload`,
        [lane, name, when, priority, writePayload(`The timer ${name}`, payload, PAYLOAD_LIMIT)],
      );
      stored();
    },
    async cancel(lane, name) {
      await database.query('delete from lastgood.timer where lane = $1 and name = $2', [
        lane,
        name,
      ]);
    },
    async next() {
      const [first] = await database.query<{ due: Instant | null }>(
        `select least((select min(due_at) from lastgood.timer),
           (select min(due_at) from lastgood.item where state = 'later'),
           (select min(paused_until) from lastgood.lane)) as due`,
      );
      return first?.due ?? undefined;
    },
  };
}

/** So many at a time: a bounded statement. */
const AT_ONCE = 500;

/** Brings into the lanes what is due: timers, and items that waited for another try. Answers whether any was. */
export async function bringDue(database: Queries, now: NowParameter): Promise<boolean> {
  const [due] = await database.query<{ found: boolean }>(
    `with again as (
       update lastgood.item set state = 'waiting', due_at = null
       where id in (
         select id from lastgood.item where state = 'later' and due_at <= ${NOW}
         order by due_at limit ${AT_ONCE} for update skip locked)
       returning 1
     ), rung as (
       delete from lastgood.timer
       where (lane, name) in (
         select lane, name from lastgood.timer where due_at <= ${NOW}
         order by due_at limit ${AT_ONCE} for update skip locked)
       returning lane, name, due_at, priority, payload
     ), entered as (
       insert into lastgood.item (lane, kind, name, priority, payload, size, state, arrived_at)
       select lane, '${TIMER}', name, priority, payload, octet_length(payload), 'waiting', ${NOW}
       from rung order by due_at
       returning 1
     )
     select exists (select from again) or exists (select from entered) as found`,
    [now()],
  );
  return due?.found ?? false;
}
