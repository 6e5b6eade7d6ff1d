/**
 * Taking items in: durable before acknowledged, with one INSERT for all that arrived while the last one ran. An idle
 * database is written to at once; under load the groups grow by themselves, and no timer delays anybody.
 *
 * Properties: the items of one delivery are in one INSERT, so all of them are stored or none; a delivery that the
 * database refuses takes no other one with it; what waits to be written is bounded.
 */
import type { Database } from './database.ts';
import { StoreUnavailable } from './errors.ts';
import { checkName, checkPriority, writePayload, type NewItem } from './item.ts';
import { NOW, type NowParameter } from './now.ts';

/** An item that was checked, as it goes into its row. */
interface Row {
  readonly lane: string;
  readonly kind: string;
  readonly key: string | null;
  readonly priority: number;
  readonly payload: string;
}

interface Delivery {
  readonly rows: readonly Row[];
  readonly size: number;
  resolve(): void;
  reject(error: unknown): void;
}

export interface AcceptParts {
  readonly database: Database;
  readonly now: NowParameter;
  /** Bytes of one payload. */
  readonly payloadLimit: number;
  /** Called when something new was stored, with how many deliveries that was. */
  readonly stored: (deliveries: number) => void;
}

/**
 * Bytes and rows of one INSERT; a single delivery may be larger. The memory of the embedded engine grows with the
 * largest statement, and is never given back.
 */
const GROUP_BYTES = 262_144;
const GROUP_ROWS = 250;
/** Bytes that may wait to be written. */
const WAITING_BYTES = 67_108_864;

const INSERT = `
  insert into lastgood.item (lane, kind, key, priority, payload, size, state, arrived_at)
  select lane, kind, key, priority, payload, octet_length(payload), 'waiting', ${NOW}
  from unnest($2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[])
    with ordinality as new (lane, kind, key, priority, payload, nth)
  order by nth
  on conflict (lane, key) do nothing`;

export type AcceptItems = (items: readonly NewItem[]) => Promise<void>;

export function createAccept(parts: AcceptParts): AcceptItems {
  const { database, now, payloadLimit, stored } = parts;
  let waiting: Delivery[] = [];
  let waitingBytes = 0;
  let writing = false;

  const insert = (rows: readonly Row[]): Promise<unknown> =>
    database.query(INSERT, [
      now(),
      rows.map((row) => row.lane),
      rows.map((row) => row.kind),
      rows.map((row) => row.key),
      rows.map((row) => row.priority),
      rows.map((row) => row.payload),
    ]);

  const write = async (group: readonly Delivery[]): Promise<void> => {
    try {
      database.assertRoom();
      await insert(group.flatMap(({ rows }) => rows));
      for (const one of group) one.resolve();
      stored(group.length);
    } catch (error) {
      const [first, second] = group;
      if (second === undefined || error instanceof StoreUnavailable) {
        for (const one of group) one.reject(error);
      } else if (first !== undefined) {
        // One of them is refused: each by itself shows which, and spares the others.
        for (const one of group) await write([one]);
      }
    }
  };

  const writeAll = async (): Promise<void> => {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const group = takeGroup(waiting);
      waiting = waiting.slice(group.length);
      await write(group);
      for (const one of group) waitingBytes -= one.size;
    }
    writing = false;
  };

  return async (items) => {
    const rows = items.map((item) => toRow(item, payloadLimit));
    if (rows.length === 0) return;
    const size = rows.reduce((sum, row) => sum + row.payload.length + 200, 0);
    if (waitingBytes > 0 && waitingBytes + size > WAITING_BYTES) {
      throw new StoreUnavailable(
        'More arrives than the database can store, and what waits to be written has reached its bound.',
      );
    }
    waitingBytes += size;
    await new Promise<void>((resolve, reject) => {
      waiting.push({ rows, size, resolve, reject });
      void writeAll();
    });
  };
}

function takeGroup(waiting: readonly Delivery[]): readonly Delivery[] {
  let bytes = 0;
  let rows = 0;
  const end = waiting.findIndex((one) => {
    bytes += one.size;
    rows += one.rows.length;
    return bytes > GROUP_BYTES || rows > GROUP_ROWS;
  });
  return end === -1 ? waiting : waiting.slice(0, Math.max(1, end));
}

function toRow(item: NewItem, limit: number): Row {
  const { lane, kind, key, priority = 0, payload } = item;
  checkName('The lane of an item', lane);
  checkName('The kind of an item', kind);
  if (key !== undefined) checkName('The key of an item', key);
  checkPriority(priority);
  const text = writePayload(`The payload of an item (${kind})`, payload, limit);
  return { lane, kind, key: key ?? null, priority, payload: text };
}
