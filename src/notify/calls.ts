import type { Logger } from 'pino';
import type { Journal } from '../journal/entry.ts';
import type { Severity } from '../policy/policy.ts';
import type { DeadLetter } from '../store/dead-letters.ts';
import type { Settlement, Turn } from '../store/settlement.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../time.ts';
import { pageDeadLetters } from './page-dead-letters.ts';
import { createPager, type Pager } from './pager.ts';
import { postPages } from './post-pages.ts';

export interface CallParts {
  readonly store: Pick<Store, 'accept'>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where calls are posted; without it they are in the log and the journal only. */
  readonly url: string | undefined;
  readonly paged: (severity: Severity) => void;
  readonly nameOf: (lane: string) => string | undefined;
}

/** Everything that calls people: the pager, what it is called for, and the way to them. */
export interface Calls {
  readonly pager: Pager;
  readonly died: (letter: DeadLetter) => Promise<void>;
  /** Posts the calls of a turn of their lane. */
  readonly page: (turn: Turn) => Promise<Settlement>;
}

export function createCalls(parts: CallParts): Calls {
  const { store, journal, clock, log, url, paged, nameOf } = parts;
  const pager = createPager({
    store,
    journal,
    clock,
    paged,
    posts: url !== undefined,
    unjournalled: ({ key, severity, sentence }) =>
      log.error({ page: key, severity, sentence }, 'paged'),
  });
  return {
    pager,
    died: pageDeadLetters({
      pager,
      nameOf,
      lost: ({ id }, sentence) => log.error({ item: id, sentence }, 'page not posted'),
    }),
    page: (turn) => postPages(turn, { url }),
  };
}
