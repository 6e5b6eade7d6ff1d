import { join } from 'node:path';
import type { Lastgood } from '../lastgood.ts';
import type { Database } from '../store/database.ts';
import { withLogFacts } from '../log-facts.ts';
import { SLACK } from '../notify/slack/post-notices.ts';
import { openDatabase } from '../store/open-database.ts';
import type { Settlement, Turn } from '../store/settlement.ts';
import { createStore, type Store } from '../store/store.ts';
import type { Workers, WorkersOptions } from '../store/workers.ts';
import { SECOND, type Clock, type Milliseconds } from '../time.ts';
import { createArrivals, type Arrivals } from './arrivals.ts';
import { handleTurn, type Directory } from './handle-turn.ts';

/** What arrived and is not handled yet, on the disk; and what was seen of alerts. */
export interface Inbox {
  readonly arrivals: Arrivals;
  readonly store: Store;
  /** Begins to hand over what waits. */
  start(): void;
  /** Resolves when nothing waits that could be handled now. */
  idle(): Promise<void>;
  /** Hands over nothing more, lets what is under way end, and closes the database. */
  close(within?: Milliseconds): Promise<void>;
}

export interface InboxPlace {
  readonly dataFolder: string;
  readonly databaseUrl?: string;
}

/** How long a repository is left to the process that worked it last, before another one has to read it anew. */
const AFFINITY = SECOND;

/** How a store is opened, where it is not as the settings say. */
export interface StoreOptions {
  /** Default: the database's own, about which replicas agree. */
  readonly clock?: Clock | undefined;
  readonly open?: (() => Promise<Database>) | undefined;
  /** Spreads out retries; from 0 to 1, without 1. */
  readonly random?: (() => number) | undefined;
}

/** Opens the store where the settings say. Throws {@link StoreError} when it cannot be used as it is. */
export async function openStore(
  place: InboxPlace,
  { clock, open = () => openPlace(place), random = Math.random }: StoreOptions = {},
): Promise<Store> {
  const database = await open();
  return createStore({ database, random, ...(clock && { clock }) });
}

function openPlace({ dataFolder, databaseUrl }: InboxPlace): Promise<Database> {
  return openDatabase(
    databaseUrl === undefined ? { folder: join(dataFolder, 'store') } : { url: databaseUrl },
  );
}

export interface InboxOptions extends Pick<WorkersOptions, 'died' | 'report'> {
  /** Posts calls for people from a lane that has some; undefined for any other lane. */
  readonly postFor: (lane: string) => ((turn: Turn) => Promise<Settlement>) | undefined;
  /** Watches the monitors of the repository whose lane it is; undefined for any other lane. */
  readonly watchFor: (lane: string) => ((turn: Turn) => Promise<Settlement>) | undefined;
  /** Posts what Slack is told. */
  readonly post: (turn: Turn) => Promise<Settlement>;
  /** The repository of a lane, as it is called now, for the log. */
  readonly nameOf: (lane: string) => string | undefined;
}

export function openInbox(
  store: Store,
  lastgood: Lastgood,
  directory: Directory,
  { postFor, watchFor, post, nameOf, ...options }: InboxOptions,
): Inbox {
  let workers: Workers | undefined;
  return {
    arrivals: createArrivals(store, lastgood),
    store,
    start() {
      const handlerOf = (lane: string): ((turn: Turn) => Promise<Settlement>) =>
        postFor(lane) ??
        watchFor(lane) ??
        (lane === SLACK ? post : (turn) => handleTurn({ lastgood, store, directory }, turn));
      const handle = (turn: Turn): Promise<Settlement> => {
        const { lane } = turn;
        const repository = nameOf(lane);
        return withLogFacts({ lane, ...(repository !== undefined && { repository }) }, () =>
          handlerOf(lane)(turn),
        );
      };
      workers ??= store.work({ affinity: AFFINITY, ...options, handle });
    },
    async idle() {
      await workers?.idle();
    },
    close: (within) => store.close(within),
  };
}
