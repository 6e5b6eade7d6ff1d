import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { closeWithin, type Closing } from './close-within.ts';
import type { FollowedRepositories } from './follow-repositories.ts';
import type { Inbox } from './inbox/open-inbox.ts';
import type { Lastgood } from './lastgood.ts';
import type { Measuring } from './recovery/measuring.ts';
import type { Sweeps } from './sweep.ts';
import { SECOND, type Milliseconds } from './time.ts';
import type { Timers } from './timers.ts';

/** What serves, part by part. */
export interface StoppingParts {
  readonly server: { close(): Promise<void> };
  readonly gaps: Pick<Sweeps, 'stop'> | undefined;
  readonly measuring: Pick<Measuring, 'close'>;
  readonly repositories: Pick<FollowedRepositories, 'close'>;
  readonly inbox: Pick<Inbox, 'idle' | 'close'>;
  readonly lastgood: Pick<Lastgood, 'close'>;
  readonly timers: Pick<Timers, 'close'>;
  readonly log: Logger;
  /** How long requests that are under way may take. */
  readonly grace: Milliseconds;
  /** How long what was taken is gone on with. Default: 10 s. */
  readonly drain?: Milliseconds | undefined;
}

/** How long a process that was asked to stop goes on with what it took, unless told otherwise. */
const DRAIN = 10 * SECOND;

/** What closing everything else may take: the sweep, the database, the mirrors. */
const REST = 6 * SECOND;

/**
 * Takes nothing more, finishes what was taken where that is soon, and closes everything, in time or without. What only
 * looks around is waited for beside that: a GitHub that hangs in a sweep takes no time from what was taken.
 */
export async function stopServing(parts: StoppingParts): Promise<void> {
  const { server, gaps, measuring, repositories, inbox, lastgood, timers, log } = parts;
  const { grace, drain = DRAIN } = parts;
  const told = (part: string, error?: unknown): void =>
    log.warn({ part, err: error }, 'not closed in time');
  const around: readonly Closing[] = [
    ['sweep', () => gaps?.stop()],
    ['metrics', () => measuring.close()],
    ['list of repositories', () => repositories.close()],
  ];
  /** What was taken is finished now where that is soon; the rest is on the disk, and is handled after the next start. */
  const finish = (): Promise<unknown> =>
    Promise.all([
      Promise.race([inbox.idle(), sleep(drain, undefined, { ref: false })]),
      ...around.map((one) => closeWithin(Math.max(drain, REST), [one], told)),
    ]);
  await closeWithin(
    grace + drain + REST,
    [
      ['requests', () => server.close()],
      ['drain', finish],
      ['inbox', (left) => inbox.close(Math.min(DRAIN, left / 2))],
      ['repositories', () => lastgood.close()],
    ],
    told,
  );
  // What was finished last may have set something for later.
  timers.close();
}
