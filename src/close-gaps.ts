import type { Logger } from 'pino';
import { redeliverFailed } from './github/deliveries.ts';
import type { Octokit, Timing } from './github/octokit.ts';
import type { Inbox } from './inbox/open-inbox.ts';
import { startSweeps, type Schedule, type Sweeps } from './sweep.ts';
import { HOUR, MINUTE, SECOND, type Instant } from './time.ts';

export interface GapParts {
  /** A cron expression in UTC. */
  readonly every: string;
  readonly inbox: {
    readonly arrivals: Pick<Inbox['arrivals'], 'due'>;
    readonly store: Pick<Inbox['store'], 'tick'> & {
      readonly documents: Pick<Inbox['store']['documents'], 'get' | 'put'>;
    };
  };
  readonly repositories: () => readonly number[];
  /** Authenticated as the App. */
  readonly app: Octokit;
  readonly timing: Timing;
  readonly log: Logger;
  /** Told of every run, and of one that failed. */
  readonly swept: (outcome: 'ok' | 'failed') => void;
  readonly schedule?: Schedule;
}

/** Replicas that tick within so long are one. */
const TICK = MINUTE;

/** A process that died may have taken a delivery with it: nobody waits for the next tick to be heard. */
const AFTER_START = 5 * SECOND;

/** Where it is kept up to when the deliveries were looked through, for whoever sweeps next. */
const LOOKED_THROUGH = ['app', 'deliveries', 'looked-through'] as const;

/** How far back they are looked through where that is not known: at the first start, and with the database lost. */
const FIRST_LOOK = HOUR;

/**
 * Closes every gap, again and again: each repository is compared with what should be, in its lane, and GitHub is
 * asked to deliver again what did not arrive. One replica does so each tick.
 */
export function closeGaps(parts: GapParts): Sweeps {
  const { every, inbox, repositories, app, timing, log, swept, schedule } = parts;
  const { documents } = inbox.store;
  const asked = new Map<string, Instant>();
  return startSweeps({
    every,
    // Who brings a schedule says every tick.
    ...(schedule ? { schedule } : { afterStart: AFTER_START }),
    jitter: 20 * SECOND,
    clock: timing.clock,
    random: Math.random,
    claim: () => inbox.store.tick('sweep', TICK),
    run: async () => {
      for (const repository of repositories()) {
        await inbox.arrivals.due({ kind: 'sweep', repository });
      }
      const known = await documents.get(...LOOKED_THROUGH);
      const since = typeof known === 'number' ? known : timing.clock() - FIRST_LOOK;
      const { next, ...found } = await redeliverFailed(app, since, timing, asked);
      await documents.put(...LOOKED_THROUGH, next);
      if (found.asked.length + found.givenUp.length > 0) {
        log.warn(found, 'deliveries asked for again');
      }
      if (!found.complete) {
        log.warn(
          { since: new Date(since).toISOString() },
          'more deliveries than are looked through',
        );
      }
      swept('ok');
    },
    failed: (error) => {
      log.error({ err: error }, 'sweep failed');
      swept('failed');
    },
  });
}
