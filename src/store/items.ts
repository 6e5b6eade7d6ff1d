import type { Instant } from '../time.ts';
import { unpackRow } from './bundle.ts';
import type { Queries } from './database.ts';
import type { Json } from './item.ts';

/** An item that is not handled, as a person looks at it. */
export interface HeldItem {
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  /** How many there are, when it stands for several that came together and wait together. */
  readonly many?: number;
  /** `waiting`: to be handed out now. `later`: it failed, and comes again. `dead`: given up. */
  readonly state: 'waiting' | 'later' | 'dead';
  readonly priority: number;
  readonly arrivedAt: Instant;
  /** When it comes again. */
  readonly dueAt?: Instant;
  readonly diedAt?: Instant;
  /** How often it was handed out. */
  readonly tries: number;
  /** Why the last try failed. */
  readonly why?: string;
}

/** How much a lane holds. */
export interface LaneState {
  readonly lane: string;
  readonly waiting: number;
  readonly later: number;
  readonly dead: number;
  /** When the oldest of those that wait arrived. */
  readonly oldest?: Instant;
  /** Until when the whole lane rests, and why. */
  readonly pausedUntil?: Instant;
  readonly pauseWhy?: string;
}

/** Looking at what is held, without changing anything. */
export interface Items {
  /** Those lanes first whose oldest item waits longest; at most 200. */
  lanes(): Promise<LaneState[]>;
  /** In the order in which they are handed out, lane by lane, those given up last. */
  list(page: { readonly lane?: string; readonly limit: number }): Promise<HeldItem[]>;
  /** When the oldest item of some lanes arrived that is neither handled nor given up; undefined when there is none. */
  oldest(lanes: readonly string[]): Promise<Instant | undefined>;
  find(id: number): Promise<(HeldItem & { readonly payload: Json }) | undefined>;
}

interface Row {
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  readonly many: number;
  readonly state: HeldItem['state'] | 'bundled';
  readonly priority: number;
  readonly arrived_at: number;
  readonly due_at: number | null;
  readonly settled_at: number | null;
  readonly tries: number;
  readonly error: string | null;
}

interface LaneRow {
  readonly lane: string;
  readonly waiting: number;
  readonly later: number;
  readonly dead: number;
  readonly oldest: number | null;
  readonly paused_until: number | null;
  readonly pause_why: string | null;
}

const COLUMNS =
  'id::float8 as id, lane, kind, many, state, priority, arrived_at, due_at, settled_at, tries, error';
const HELD = "state in ('waiting', 'bundled', 'later', 'dead')";
const MOST_LANES = 200;

export function createItems(database: Queries): Items {
  return {
    async lanes() {
      const rows = await database.query<LaneRow>(
        `select item.lane, lane.paused_until, lane.pause_why,
           coalesce(sum(many) filter (where state in ('waiting', 'bundled')), 0)::float8 as waiting,
           count(*) filter (where state = 'later')::float8 as later,
           count(*) filter (where state = 'dead')::float8 as dead,
           min(arrived_at) filter (where state <> 'dead') as oldest
         from lastgood.item left join lastgood.lane on lane.name = item.lane
         where ${HELD}
         group by item.lane, lane.paused_until, lane.pause_why
         order by oldest nulls last, item.lane limit ${MOST_LANES}`,
      );
      return rows.map(({ oldest, paused_until: until, pause_why: why, ...row }) => ({
        ...row,
        ...(oldest !== null && { oldest }),
        ...(until !== null && { pausedUntil: until }),
        ...(why !== null && { pauseWhy: why }),
      }));
    },
    async list({ lane, limit }) {
      const rows = await database.query<Row>(
        `select ${COLUMNS} from lastgood.item where ${HELD} and ($1::text is null or lane = $1)
         order by state = 'dead', lane, state in ('waiting', 'bundled') desc, priority desc, id limit $2`,
        [lane ?? null, limit],
      );
      return rows.map(toItem);
    },
    async oldest(lanes) {
      const [row] = await database.query<{ readonly oldest: number | null }>(
        `select min(arrived_at) as oldest from lastgood.item
         where state in ('waiting', 'bundled', 'later') and lane = any($1::text[])`,
        [lanes],
      );
      return row?.oldest ?? undefined;
    },
    async find(id) {
      const [row] = await database.query<Row & { readonly payload: string }>(
        `select ${COLUMNS}, payload from lastgood.item where ${HELD} and id = $1`,
        [id],
      );
      return row && { ...toItem(row), payload: readPayload(row) };
    },
  };
}

/** Of several that wait together: what each of them holds. */
function readPayload({ state, payload }: Row & { readonly payload: string }): Json {
  return state === 'bundled'
    ? unpackRow(payload).map(([, , , one]) => one)
    : (JSON.parse(payload) as Json);
}

function toItem(row: Row): HeldItem {
  const { id, lane, kind, many, priority, tries } = row;
  const state = row.state === 'bundled' ? 'waiting' : row.state;
  return {
    id,
    lane,
    kind,
    state,
    priority,
    tries,
    ...(many > 1 && { many }),
    arrivedAt: row.arrived_at,
    ...(state === 'later' && row.due_at !== null && { dueAt: row.due_at }),
    ...(state === 'dead' && row.settled_at !== null && { diedAt: row.settled_at }),
    ...(row.error !== null && { why: row.error }),
  };
}
