import { StoreUnavailable } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { SECOND, type Milliseconds } from '../time.ts';

/** Whether the database stores what arrives. */
export interface StoreWatch {
  /** The same store, watched. */
  readonly store: Store;
  /** Asks the database, at most once a second whoever asks. Never throws, and answers within some seconds. */
  isUsable(): Promise<boolean>;
}

export interface WatchOptions {
  /** Told when the database is gone, with what it said, and with nothing when it is back. */
  readonly changed: (error: unknown) => void;
  /** How long it may take to answer; 3 s unless given. */
  readonly patience?: Milliseconds;
}

/** An answer of the database is good for this long. */
const GOOD_FOR = SECOND;

/**
 * Watches a store: it is not usable from when something could not be stored until something else could or some
 * seconds have passed, nor while the database does not answer.
 */
export function watchStore(
  store: Store,
  { changed, patience = 3 * SECOND }: WatchOptions,
): StoreWatch {
  let refusedUntil = Number.NEGATIVE_INFINITY;
  let gone = false;
  let asked: { readonly at: number; readonly usable: Promise<boolean> } | undefined;

  const note = (usable: boolean, error?: unknown): boolean => {
    if (gone === usable) {
      gone = !usable;
      changed(usable ? undefined : error);
    }
    return usable;
  };

  const ask = async (): Promise<boolean> => {
    try {
      await within(store.check(), patience);
      return performance.now() >= refusedUntil && note(true);
    } catch (error) {
      return note(false, error);
    }
  };

  return {
    store: {
      ...store,
      async accept(items) {
        try {
          await store.accept(items);
          refusedUntil = Number.NEGATIVE_INFINITY;
          if (gone) asked = undefined;
        } catch (error) {
          if (error instanceof StoreUnavailable) {
            refusedUntil = performance.now() + error.retryAfter;
            asked = undefined;
            note(false, error);
          }
          throw error;
        }
      },
    },
    isUsable() {
      const now = performance.now();
      if (!asked || now - asked.at > GOOD_FOR) asked = { at: now, usable: ask() };
      return asked.usable;
    },
  };
}

async function within<T>(work: Promise<T>, length: Milliseconds): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new StoreUnavailable(`The database did not answer within ${length} ms.`)),
    length,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
