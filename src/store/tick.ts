import type { Milliseconds } from '../time.ts';
import type { Queries } from './database.ts';
import { NOW, type NowParameter } from './now.ts';

/**
 * True for exactly one caller in each period, whichever replica that is; periods are counted from the epoch. A clock
 * that was set back by more than a period starts anew instead of standing still until it has caught up.
 */
export async function tick(
  database: Queries,
  now: NowParameter,
  name: string,
  period: Milliseconds,
): Promise<boolean> {
  const won = await database.query(
    `insert into lastgood.tick as last (name, slot) values ($2, floor(${NOW} / $3))
     on conflict (name) do update set slot = excluded.slot
     where last.slot < excluded.slot or last.slot > excluded.slot + 1
     returning 1`,
    [now(), name, period],
  );
  return won.length === 1;
}
