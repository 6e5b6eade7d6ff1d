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
  /** Many at once, in two statements at most: of several changes of a document the last one counts. */
  change(lane: string, changes: readonly DocumentChange[]): Promise<void>;
}

interface Put {
  readonly kind: 'put';
  readonly of: string;
  readonly key: string;
  readonly value: Json;
}

interface Delete {
  readonly kind: 'delete';
  readonly of: string;
  readonly key: string;
}

/** A document that is written, or is gone. */
export type DocumentChange = Put | Delete;

/** Bytes of one document as JSON. */
const DOCUMENT_LIMIT = 4_194_304;

export function createDocuments(database: Queries, now: NowParameter): Documents {
  const putAll = async (lane: string, puts: readonly Put[]): Promise<void> => {
    if (puts.length === 0) return;
    await database.query(
      `insert into lastgood.document (updated_at, lane, kind, key, value)
       select ${NOW}, $2, kind, key, value from unnest($3::text[], $4::text[], $5::text[]) as put (kind, key, value)
       on conflict (lane, kind, key) do update set value = excluded.value, updated_at = excluded.updated_at`,
      [
        now(),
        lane,
        puts.map(({ of }) => of),
        puts.map(({ key }) => key),
        puts.map(({ of, key, value }) =>
          writePayload(`The document ${of} ${key}`, value, DOCUMENT_LIMIT),
        ),
      ],
    );
  };
  const deleteAll = async (lane: string, deletes: readonly Delete[]): Promise<void> => {
    if (deletes.length === 0) return;
    await database.query(
      `delete from lastgood.document using unnest($2::text[], $3::text[]) as gone (kind, key)
       where document.lane = $1 and document.kind = gone.kind and document.key = gone.key`,
      [lane, deletes.map(({ of }) => of), deletes.map(({ key }) => key)],
    );
  };
  const change = async (lane: string, changes: readonly DocumentChange[]): Promise<void> => {
    const last = new Map<string, DocumentChange>();
    for (const one of changes) {
      for (const name of [lane, one.of, one.key]) checkName('A name of a document', name);
      last.set(JSON.stringify([one.of, one.key]), one);
    }
    const all = [...last.values()];
    await putAll(
      lane,
      all.filter((one) => one.kind === 'put'),
    );
    await deleteAll(
      lane,
      all.filter((one) => one.kind === 'delete'),
    );
  };
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
    put: (lane, kind, key, value) => change(lane, [{ kind: 'put', of: kind, key, value }]),
    delete: (lane, kind, key) => change(lane, [{ kind: 'delete', of: kind, key }]),
    change,
  };
}
