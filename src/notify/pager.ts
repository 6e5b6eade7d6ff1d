import type { Journal } from '../journal/entry.ts';
import type { Severity } from '../policy/policy.ts';
import type { Json } from '../store/item.ts';
import type { Store } from '../store/store.ts';
import type { Clock, Instant } from '../time.ts';

/** A call for a person. */
export interface Page {
  /** The same call has the same key, and reaches people once. */
  readonly key: string;
  /** `owner/name`, where it is about one. */
  readonly repository?: string;
  readonly severity: Severity;
  readonly sentence: string;
}

/** Calls people. Resolves when the call is on the disk, and rejects when it is not: ask again then. */
export interface Pager {
  page(page: Page): Promise<void>;
}

export interface PagerParts {
  readonly store: Pick<Store, 'accept'>;
  readonly journal: Journal;
  /** Told of calls that are about no repository, which no journal takes. */
  readonly unjournalled: (page: Page) => void;
  /** Counts it. */
  readonly paged: (severity: Severity) => void;
  readonly clock: Clock;
  /** Whether there is somewhere to post calls to. */
  readonly posts: boolean;
}

/** The lane of the calls that are posted: one after another, as they came. */
export const PAGES = 'pages';

/** A call as it waits to be posted. */
export interface StoredPage extends Page {
  readonly at: Instant;
}

/**
 * A pager that says it in the log and the journal, counts it, and has it posted where there is an address, by
 * whichever process, until it arrives.
 */
export function createPager(parts: PagerParts): Pager {
  const { store, journal, unjournalled, paged, clock, posts } = parts;
  return {
    async page(page) {
      const { key, repository, severity, sentence } = page;
      const at = clock();
      const payload: Json = { ...page, at };
      if (posts) await store.accept([{ lane: PAGES, kind: 'page', key, payload, priority: 50 }]);
      paged(severity);
      if (repository === undefined) unjournalled(page);
      else journal.write({ kind: 'paged', at, repository, sentence, key, severity });
    },
  };
}
