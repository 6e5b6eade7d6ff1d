import type { Queries } from './database.ts';
import { checkName, writePayload, type Json } from './item.ts';
import { NOW, type NowParameter } from './now.ts';

/** What is stored under a key, of one kind, for one lane. */
export interface Document {
  readonly key: string;
  readonly value: Json;
}

/**
 * Small state of a lane that survives restarts and is shared by replicas. Written while a lane is worked, it belongs
 * into the changes of the settlement, so that it stands exactly when the items are acknowledged.
 */
export interface Documents {
  get(lane: string, kind: string, key: string): Promise<Json | undefined>;
  /** All of a kind, ordered by key. */
  list(lane: string, kind: string): Promise<Document[]>;
  /** All of a kind, of every lane, without an order. */
  everywhere(kind: string): Promise<Json[]>;
  put(lane: string, kind: string, key: string, value: Json): Promise<void>;
  delete(lane: string, kind: string, key: string): Promise<void>;
}

/** Bytes of one document as JSON. */
const DOCUMENT_LIMIT = 4_194_304;

export function createDocuments(database: Queries, now: NowParameter): Documents {
  return {
    async get(lane, kind, key) {
      const [row] = await database.query<{ value: string }>(
        'select value from lastgood.document where lane = $1 and kind = $2 and key = $3',
        [lane, kind, key],
      );
      return row && (JSON.parse(row.value) as Json);
    },
    async list(lane, kind) {
      const rows = await database.query<{ key: string; value: string }>(
        'select key, value from lastgood.document where lane = $1 and kind = $2 order by key',
        [lane, kind],
      );
      return rows.map(({ key, value }) => ({ key, value: JSON.parse(value) as Json }));
    },
    async everywhere(kind) {
      const rows = await database.query<{ value: string }>(
        'select value from lastgood.document where kind = $1',
        [kind],
      );
      return rows.map(({ value }) => JSON.parse(value) as Json);
    },
    async put(lane, kind, key, value) {
      for (const name of [lane, kind, key]) checkName('A name of a document', name);
      await database.query(
        `insert into lastgood.document (updated_at, lane, kind, key, value) values (${NOW}, $2, $3, $4, $5)
         on conflict (lane, kind, key) do update set value = excluded.value, updated_at = excluded.updated_at`,
        [
          now(),
          lane,
          kind,
          key,
          writePayload(`The document ${kind} ${key}`, value, DOCUMENT_LIMIT),
        ],
      );
    },
    async delete(lane, kind, key) {
      await database.query(
        'delete from lastgood.document where lane = $1 and kind = $2 and key = $3',
        [lane, kind, key],
      );
    },
  };
}
