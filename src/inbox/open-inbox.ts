import { join } from 'node:path';
import type { Evidence } from '../decision/decision.ts';
import type { Lastgood } from '../lastgood.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open-database.ts';
import { createStore, type Store } from '../store/store.ts';
import type { Workers, WorkersOptions } from '../store/workers.ts';
import { createArrivals, laneOf, type Arrivals } from './arrivals.ts';
import { EVIDENCE, handleTurn } from './handle-turn.ts';

/** What arrived and is not handled yet, on the disk; and what was seen of alerts. */
export interface Inbox {
  readonly arrivals: Arrivals;
  readonly store: Store;
  /** Begins to hand over what waits. */
  start(): void;
  /** Resolves when nothing waits that could be handled now. */
  idle(): Promise<void>;
  /** Hands over nothing more, lets what is under way end, and closes the database. */
  close(): Promise<void>;
}

export interface InboxPlace {
  readonly dataFolder: string;
  readonly databaseUrl?: string;
}

/** Opens the store where the settings say. Throws {@link StoreError} when it cannot be used as it is. */
export async function openStore(
  place: InboxPlace,
  open: () => Promise<Database> = () => openPlace(place),
): Promise<Store> {
  const database = await open();
  return createStore({ database, random: Math.random });
}

function openPlace({ dataFolder, databaseUrl }: InboxPlace): Promise<Database> {
  return openDatabase(
    databaseUrl === undefined ? { folder: join(dataFolder, 'store') } : { url: databaseUrl },
  );
}

/** What was seen of the alerts of a repository, by whichever process. */
export async function readEvidence(
  store: Pick<Store, 'documents'>,
  repository: number,
): Promise<readonly Evidence[]> {
  const found = await store.documents.list(laneOf(repository), EVIDENCE);
  return found.map(({ value }) => value as unknown as Evidence);
}

export function openInbox(
  store: Store,
  lastgood: Lastgood,
  options: Pick<WorkersOptions, 'died' | 'report'>,
): Inbox {
  let workers: Workers | undefined;
  return {
    arrivals: createArrivals(store, lastgood),
    store,
    start() {
      workers ??= store.work({ ...options, handle: (turn) => handleTurn(lastgood, turn) });
    },
    async idle() {
      await workers?.idle();
    },
    close: () => store.close(),
  };
}
