import { cpSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeQuickFolder } from '../../fixtures/quick-folder.ts';
import { openEmbedded } from './embedded/open-embedded.ts';
import { createStore, type Store } from './store.ts';
import { createEmbeddedFolders, type EmbeddedFolders } from './testing/embedded-folder.fixture.ts';
import {
  changedBeforeTheLog,
  cutPower,
  RecordedFiles,
  type FileEvent,
} from './testing/recorded-files.fixture.ts';
import { one } from './testing/stage.fixture.ts';

const CUTS = 20;
let folders: EmbeddedFolders;
let base: string;
/** What a cut left is known already, and waits for no disk again. */
let cuts: string;
let events: FileEvent[];

beforeAll(async () => {
  folders = await createEmbeddedFolders();
  base = await folders.fresh();
  cuts = await makeQuickFolder('lastgood-cuts-');
  events = await recordLoad(base, await folders.fresh());
});
afterAll(async () => {
  await folders.remove();
  await rm(cuts, { recursive: true, force: true });
});

/** Accepts and works under load, with checkpoints and a vacuum in between, and writes down every file operation. */
async function recordLoad(from: string, folder: string): Promise<FileEvent[]> {
  const recorded: FileEvent[] = [];
  cpSync(from, folder, { recursive: true });
  const makeFiles = (path: string) => new RecordedFiles(path, recorded);
  const database = await openEmbedded(folder, { makeFiles, reserve: 0 });
  const store = createStore({ database, random: () => 0.5 });
  const say = (what: string): void => {
    recorded.push({ kind: 'said', what });
  };
  const workers = store.work({
    poll: 10,
    batch: { items: 20 },
    async handle({ items, lane, settle }) {
      const outcomes = new Map(items.map(({ id }) => [id, { kind: 'handled' }] as const));
      const keys = items.map(({ key }) => key ?? '');
      await settle({
        outcomes,
        changes: keys.map((key) => ({ kind: 'put', of: 'seen', key, value: lane })),
      });
      for (const key of keys) say(`handled ${key}`);
    },
  });
  const deliver = async (client: number): Promise<void> => {
    for (let n = 0; n < 25; n += 1) {
      const name = `${client}-${n}`;
      await store.accept(
        ['a', 'b', 'c'].map((part) => ({
          ...one(`lane ${client % 4}`, 'x'.repeat((n * 97) % 3_000)),
          key: `${name}-${part}`,
        })),
      );
      say(`accepted ${name}`);
      if (client === 0 && n % 8 === 7) await database.query('checkpoint');
      if (client === 1 && n === 12) await database.vacuum('lastgood.item');
      if (client === 2 && n % 10 === 5) {
        // A file is cut off right after the log says that its table is gone.
        await database.query('create table gone as select 1 as one');
        await database.query('drop table gone');
      }
    }
  };
  await Promise.all(Array.from({ length: 12 }, (_, client) => deliver(client)));
  await workers.idle();
  await store.close();
  return recorded;
}

/** Opens what a power cut left after so many events, and answers what was acknowledged and is not there. */
async function findLost(
  cut: number,
  happened: readonly FileEvent[],
  chance: () => number,
): Promise<string[]> {
  const folder = join(cuts, String(cut));
  cutPower(join(base, 'database'), happened, join(folder, 'database'), chance);
  const database = await openEmbedded(folder, { reserve: 0 });
  const store: Store = createStore({ database, random: () => 0.5 });
  const rows = await database.query<{ key: string; state: string; seen: boolean }>(
    `with each as (
       select lane, key, state from lastgood.item where state <> 'bundled'
       union all
       select lane, one ->> 2, 'waiting' from lastgood.item, json_array_elements(payload::json) as one
       where state = 'bundled'
     )
     select each.key, state, document.key is not null as seen from each
     left join lastgood.document on document.lane = each.lane and document.kind = 'seen' and document.key = each.key`,
  );
  await store.close();
  await rm(folder, { recursive: true });
  const found = new Map(rows.map((row) => [row.key, row]));
  const parts = new Map<string, number>();
  for (const key of found.keys()) {
    const delivery = key.replace(/-.$/, '');
    parts.set(delivery, (parts.get(delivery) ?? 0) + 1);
  }
  const said = happened.flatMap((event) => (event.kind === 'said' ? [event.what] : []));
  return [
    ...said.filter((what) =>
      what.startsWith('accepted ')
        ? parts.get(what.slice('accepted '.length)) !== 3
        : found.get(what.slice('handled '.length))?.state !== 'handled',
    ),
    ...[...parts].filter(([, count]) => count !== 3).map(([delivery]) => `half of ${delivery}`),
    ...rows
      .filter((row) => (row.state === 'handled') !== row.seen)
      .map(
        (row) => `${row.key} is ${row.state}, and its document is ${row.seen ? '' : 'not '}there`,
      ),
  ];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('power cuts', () => {
  it.each(Array.from({ length: CUTS }, (_, n) => n))(
    'number %i loses nothing that was acknowledged, and leaves nothing half',
    async (n) => {
      const chance = seeded(n);
      const at = Math.floor(((n + chance()) / CUTS) * events.length);
      expect(await findLost(n, events.slice(0, at), chance)).toEqual([]);
    },
  );

  it('come at no moment at which anything else is ahead of the log', () => {
    expect(changedBeforeTheLog(events)).toEqual([]);
    const meanwhile = events.filter(
      ({ kind }, nth) => kind === 'asked' && events[nth + 1]?.kind !== 'sync',
    );
    expect(meanwhile.length).toBeGreaterThan(10);
  });

  it('would lose it without fsync', async () => {
    const unsynced = events.filter(({ kind }) => kind !== 'sync');
    const lost = await findLost(CUTS, unsynced, seeded(1)).catch((error: unknown) => [
      String(error),
    ]);
    expect(lost.length).toBeGreaterThan(0);
  });
});
