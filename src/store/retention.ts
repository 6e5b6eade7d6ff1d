import { DAY, type Milliseconds } from '../time.ts';
import type { Database } from './database.ts';
import { NOW, type NowParameter } from './now.ts';

export interface Retention {
  /** How long the keys of handled items are kept; 7 days unless given. GitHub redelivers for 3 days. */
  readonly handled?: Milliseconds;
  /** How long dead letters are kept; 90 days unless given. */
  readonly dead?: Milliseconds;
}

const AT_ONCE = 1_000;
/** Rows changed or deleted after which an embedded database makes use of their room again. */
export const VACUUM_AFTER = 20_000;

/** Deletes what is older than it is kept, a bounded number of rows at a time. Answers how many there were. */
export async function forgetOld(
  database: Database,
  now: NowParameter,
  { handled = 7 * DAY, dead = 90 * DAY }: Retention,
): Promise<number> {
  let forgotten = 0;
  for (const [state, keep] of [
    ['handled', handled],
    ['dead', dead],
  ] as const) {
    for (;;) {
      const rows = await database.query(
        `delete from lastgood.item where id in (
           select id from lastgood.item where state = '${state}' and settled_at <= ${NOW} - $2
           limit ${AT_ONCE} for update skip locked)
         returning 1`,
        [now(), keep],
      );
      forgotten += rows.length;
      if (rows.length < AT_ONCE) break;
    }
  }
  return forgotten;
}
