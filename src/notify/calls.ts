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
import {
  createWays,
  PAGE_LANES,
  SETTINGS,
  wayOf,
  type PageSettings,
  type WayName,
} from './ways.ts';

export interface CallParts {
  readonly store: Pick<Store, 'accept' | 'documents'>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where calls are posted; without any they are in the log and the journal only. */
  readonly settings: PageSettings;
  readonly paged: (severity: Severity) => void;
  /** Counts what was posted, and what of it failed. */
  readonly posted: (to: WayName, outcome: 'ok' | 'retried' | 'refused') => void;
  readonly nameOf: (lane: string) => string | undefined;
}

/** Everything that calls people: the pager, what it is called for, and the ways to them. */
export interface Calls {
  readonly pager: Pager;
  readonly died: (letter: DeadLetter) => Promise<void>;
  /** Posts what waits in a lane of a way; undefined when the lane is none. */
  readonly postFor: (lane: string) => ((turn: Turn) => Promise<Settlement>) | undefined;
}

export function createCalls(parts: CallParts): Calls {
  const { store, journal, clock, log, settings, paged, posted, nameOf } = parts;
  const { documents } = store;
  const ways = createWays(settings);
  const pager = createPager({
    store,
    journal,
    clock,
    paged,
    lanes: PAGE_LANES.filter((lane) => {
      const name = wayOf(lane);
      return name !== undefined && ways[name] !== undefined;
    }),
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
    postFor(lane) {
      const name = wayOf(lane);
      if (name === undefined) return undefined;
      const options = { way: ways[name], setting: SETTINGS[name], documents };
      return (turn) => postPages(turn, { ...options, posted: (outcome) => posted(name, outcome) });
    },
  };
}
