import type { Journal } from '../journal/entry.ts';
import type { Severity } from '../policy/policy.ts';
import type { Json, NewItem } from '../store/item.ts';
import type { Store } from '../store/store.ts';
import type { Clock, Instant } from '../time.ts';

/** A call for a person. */
export interface Page {
  /** The same call has the same key, and reaches people once. */
  readonly key: string;
  /** `owner/name`, where it is about one. */
  readonly repository?: string;
  /** Its id, which stays when it is renamed. */
  readonly repositoryId?: number;
  /** The incident's branch, where it is about one. */
  readonly incident?: string;
  readonly severity: Severity;
  readonly sentence: string;
}

/** Nobody is needed for an incident any more. */
export interface PagesOver {
  /** The same end has the same key, and is told once. */
  readonly key: string;
  readonly repository: string;
  readonly repositoryId: number;
  /** The incident's branch. */
  readonly incident: string;
  /** Why, in one sentence. */
  readonly sentence: string;
}

/** Calls people. Resolves when the call is on the disk, and rejects when it is not: ask again then. */
export interface Pager {
  page(page: Page): Promise<void>;
  /** Takes back the calls about an incident; does nothing where none arrived. Resolves and rejects as `page` does. */
  resolve(over: PagesOver): Promise<void>;
}

export interface PagerParts {
  readonly store: Pick<Store, 'accept'>;
  readonly journal: Journal;
  /** Told of calls that are about no repository, which no journal takes. */
  readonly unjournalled: (page: Page) => void;
  /** Counts it. */
  readonly paged: (severity: Severity) => void;
  readonly clock: Clock;
  /**
   * The lane of each way by which calls go to people; none: they are in the log and the journal only. Each way has a
   * lane of its own, so that one that fails holds up no other, and what arrived by one is not sent there again.
   */
  readonly lanes: readonly string[];
}

/** A call as it waits to be posted. */
export interface StoredPage extends Page {
  readonly at: Instant;
}

/** An end as it waits to be posted. */
export interface StoredPagesOver extends PagesOver {
  readonly at: Instant;
}

/**
 * A pager that says it in the log and the journal, counts it, and has it posted by each way there is, by whichever
 * process, until it arrives.
 */
export function createPager(parts: PagerParts): Pager {
  const { store, journal, unjournalled, paged, clock, lanes } = parts;
  const accept = async (item: Omit<NewItem, 'lane'>): Promise<void> => {
    // One priority for all: an end never overtakes its call.
    if (lanes.length > 0)
      await store.accept(lanes.map((lane) => ({ ...item, lane, priority: 50 })));
  };
  return {
    async page(page) {
      const { key, repository, incident, severity, sentence } = page;
      const at = clock();
      const payload: Json = { ...page, at };
      await accept({ kind: 'page', key, payload });
      paged(severity);
      if (repository === undefined) unjournalled(page);
      else {
        const about = incident === undefined ? {} : { incident };
        journal.write({ kind: 'paged', at, repository, ...about, sentence, key, severity });
      }
    },
    async resolve(over) {
      const payload: Json = { ...over, at: clock() };
      await accept({ kind: 'resolve', key: over.key, payload });
    },
  };
}
