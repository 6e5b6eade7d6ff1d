import { DAY, MINUTE, type Instant } from '../time.ts';
import type { Queries } from './database.ts';
import type { Json } from './item.ts';
import { NOW, type NowParameter } from './now.ts';

/** An item that was given up, with what is known of why. */
export interface DeadLetter {
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  readonly key: string | undefined;
  readonly timer: string | undefined;
  readonly priority: number;
  readonly payload: Json;
  readonly arrivedAt: Instant;
  readonly diedAt: Instant;
  readonly tries: number;
  readonly why: string;
}

export interface DeadLetters {
  /** The newest first. `before` is the id of the last one of the page before. */
  list(page?: {
    readonly lane?: string;
    readonly before?: number;
    readonly limit?: number;
  }): Promise<DeadLetter[]>;
  /** Puts one back into its lane, with all its tries. False when there is no such dead letter. */
  replay(id: number): Promise<boolean>;
  /** Deletes one for good. False when there is no such dead letter. */
  discard(id: number): Promise<boolean>;
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
  readonly settled_at: number;
  readonly tries: number;
  readonly error: string;
}

const COLUMNS =
  'id::float8 as id, lane, kind, key, name, priority, payload, arrived_at, settled_at, tries, error';

export function createDeadLetters(database: Queries, changed: () => void): DeadLetters {
  return {
    async list({
      lane = null,
      before = null,
      limit = 50,
    }: {
      readonly lane?: string | null;
      readonly before?: number | null;
      readonly limit?: number;
    } = {}) {
      const rows = await database.query<Row>(
        `select ${COLUMNS} from lastgood.item where state = 'dead'
           and ($1::text is null or lane = $1) and ($2::bigint is null or id < $2)
         order by id desc limit $3`,
        [lane, before, limit],
      );
      return rows.map(toDeadLetter);
    },
    async replay(id) {
      const rows = await database.query(
        `update lastgood.item set state = 'waiting', tries = 0, alone = true, error = null, settled_at = null
         where id = $1 and state = 'dead' returning 1`,
        [id],
      );
      if (rows.length > 0) changed();
      return rows.length > 0;
    },
    async discard(id) {
      const rows = await database.query(
        "delete from lastgood.item where id = $1 and state = 'dead' returning 1",
        [id],
      );
      return rows.length > 0;
    },
  };
}

/** Told, as a moment that never comes again. */
const FOREVER = 1_000_000 * DAY;
/** After which another attempt is made to tell of a dead letter, by whichever replica comes first. */
const TELL_AGAIN = MINUTE;

/**
 * Tells of dead letters that nobody was told of yet, each at least once: one that could not be told is told again
 * after a minute, also after a crash.
 */
export async function tellDead(
  database: Queries,
  now: NowParameter,
  tell: (letter: DeadLetter) => Promise<void>,
): Promise<void> {
  const rows = await database.query<Row>(
    `update lastgood.item set told_at = ${NOW}
     where id in (
       select id from lastgood.item
       where state = 'dead' and (told_at is null or told_at <= ${NOW} - ${TELL_AGAIN})
       order by id limit 10 for update skip locked)
     returning ${COLUMNS}`,
    [now()],
  );
  for (const row of rows) {
    await tell(toDeadLetter(row));
    await database.query("update lastgood.item set told_at = $2 where id = $1 and state = 'dead'", [
      row.id,
      FOREVER,
    ]);
  }
}

function toDeadLetter(row: Row): DeadLetter {
  return {
    id: row.id,
    lane: row.lane,
    kind: row.kind,
    key: row.key ?? undefined,
    timer: row.name ?? undefined,
    priority: row.priority,
    payload: JSON.parse(row.payload) as Json,
    arrivedAt: row.arrived_at,
    diedAt: row.settled_at,
    tries: row.tries,
    why: row.error,
  };
}
