/**
 * Taking items in: durable before acknowledged, with one INSERT for all that arrived while the last one ran. An idle
 * database is written to at once; under load the groups grow by themselves, and no timer delays anybody.
 *
 * Properties: the items of one delivery are in one INSERT, so all of them are stored or none; a delivery that the
 * database refuses takes no other one with it; what waits to be written is bounded.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { packRows, type CheckedItem } from './bundle.ts';
import type { Database } from './database.ts';
import { StoreUnavailable } from './errors.ts';
import { checkName, checkPriority, writePayload, type NewItem } from './item.ts';
import { NOW, type NowParameter } from './now.ts';

interface Delivery {
  readonly items: readonly CheckedItem[];
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
 * Bytes and items of one INSERT; a single delivery may be larger. The memory of the embedded engine grows with the
 * largest statement, and is never given back.
 */
const GROUP_BYTES = 262_144;
const GROUP_ITEMS = 250;
/** Bytes that may wait to be written. */
const WAITING_BYTES = 67_108_864;

/** Under load a group is one row mostly, and this one is planned in half the time. */
const INSERT_ONE = `
  insert into lastgood.item (lane, kind, key, priority, payload, size, many, state, arrived_at)
  values ($2, $3, $4, $5, $6::text, octet_length($6::text), $7::integer,
    case $7::integer when 1 then 'waiting' else 'bundled' end, ${NOW})
  on conflict (lane, key) do nothing`;

const INSERT = `
  insert into lastgood.item (lane, kind, key, priority, payload, size, many, state, arrived_at)
  select lane, kind, key, priority, payload, octet_length(payload), many,
    case many when 1 then 'waiting' else 'bundled' end, ${NOW}
  from unnest($2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::integer[])
    with ordinality as new (lane, kind, key, priority, payload, many, nth)
  order by nth
  on conflict (lane, key) do nothing`;

export type AcceptItems = (items: readonly NewItem[]) => Promise<void>;

export function createAccept(parts: AcceptParts): AcceptItems {
  const { database, now, payloadLimit, stored } = parts;
  let waiting: Delivery[] = [];
  let waitingBytes = 0;
  let writing = false;

  const insert = (items: readonly CheckedItem[]): Promise<unknown> => {
    const rows = packRows(items);
    const [one] = rows;
    if (one && rows.length === 1) {
      const { lane, kind, key, priority, payload, many } = one;
      return database.query(INSERT_ONE, [now(), lane, kind, key, priority, payload, many]);
    }
    return database.query(INSERT, [
      now(),
      rows.map((row) => row.lane),
      rows.map((row) => row.kind),
      rows.map((row) => row.key),
      rows.map((row) => row.priority),
      rows.map((row) => row.payload),
      rows.map((row) => row.many),
    ]);
  };

  const write = async (group: readonly Delivery[]): Promise<void> => {
    try {
      database.assertRoom();
      await insert(group.flatMap(({ items }) => items));
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
      // What has arrived already is read meanwhile and comes along: half as many writes when many send at a time.
      await turnOfTheLoop();
      const group = takeGroup(waiting);
      waiting = waiting.slice(group.length);
      await write(group);
      for (const one of group) waitingBytes -= one.size;
    }
    writing = false;
  };

  return async (items) => {
    if (items.length === 0) return;
    const checked = items.map((item) => check(item, payloadLimit));
    const size = checked.reduce((sum, item) => sum + item.payload.length + 200, 0);
    if (waitingBytes > 0 && waitingBytes + size > WAITING_BYTES) {
      throw new StoreUnavailable(
        'More arrives than the database can store, and what waits to be written has reached its bound.',
      );
    }
    waitingBytes += size;
    await new Promise<void>((resolve, reject) => {
      waiting.push({ items: checked, size, resolve, reject });
      void writeAll();
    });
  };
}

function takeGroup(waiting: readonly Delivery[]): readonly Delivery[] {
  let bytes = 0;
  let items = 0;
  const end = waiting.findIndex((one) => {
    bytes += one.size;
    items += one.items.length;
    return bytes > GROUP_BYTES || items > GROUP_ITEMS;
  });
  return end === -1 ? waiting : waiting.slice(0, Math.max(1, end));
}

function check(item: NewItem, limit: number): CheckedItem {
  const { lane, kind, key, priority = 0, payload } = item;
  checkName('The lane of an item', lane);
  checkName('The kind of an item', kind);
  if (key !== undefined) checkName('The key of an item', key);
  checkPriority(priority);
  const text = writePayload(`The payload of an item (${kind})`, payload, limit);
  return { lane, kind, key: key ?? null, priority, payload: text };
}
