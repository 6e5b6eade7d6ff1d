import { SECOND } from '../time.ts';
import { isLost, readFailure, toGitHubError } from './failure.ts';
import type { Timing } from './octokit.ts';

/** `owner` and `repo`, as REST routes want them. */
export interface At {
  readonly owner: string;
  readonly repo: string;
}

/** What a request came to; the status tells kinds of no apart. */
export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string; readonly status: number | undefined };

/** Asks GitHub for one thing; never throws. `doing` completes "asked to …". */
export type Ask = <T>(doing: string, send: () => Promise<T>) => Promise<Asked<T>>;

/** A request is tried again after so long when GitHub is down. */
export const PAUSE = SECOND;

/**
 * Answers how to ask about something, by its name. All of them together send `most` requests, those for tokens not
 * counted; a lost answer is asked for once more.
 */
export function createAsking(timing: Timing, most: number): (about: string) => Ask {
  let sent = 0;
  return (about) => async (doing, send) => {
    for (let tries = 1; ; tries += 1) {
      if (sent >= most) {
        const why = `One run of the doctor sends GitHub at most ${most} requests.`;
        return { ok: false, why, status: undefined };
      }
      sent += 1;
      try {
        return { ok: true, value: await send() };
      } catch (error) {
        const failure = readFailure(error);
        if (tries > 1 || !isLost(failure)) {
          const { message } = toGitHubError(error, doing, about, timing.clock);
          return { ok: false, why: message, status: failure.status };
        }
        await timing.wait(PAUSE);
      }
    }
  };
}
