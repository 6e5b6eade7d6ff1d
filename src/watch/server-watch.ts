import type { MetricsError } from '../metrics/exchange.ts';
import { MINUTE, SECOND, type Clock, type Instant, type Milliseconds } from '../time.ts';

/** Whether metric servers answer, as this process sees it. A dead one is asked once in a while, not by every monitor. */
export interface ServerWatch {
  /** Whether it may be asked now. */
  mayAsk(server: string): boolean;
  /** Takes note that it answered; answers how long it had not, if it had not. */
  answered(server: string): Milliseconds | undefined;
  /** Takes note that it did not answer; answers since when, if people are to be called now. */
  failed(server: string): { readonly since: Instant } | undefined;
  /** Since when each that does not answer has not. */
  gone(): ReadonlyMap<string, Instant>;
}

/** A server that does not answer is asked again after so long. */
const ASK_AGAIN = 15 * SECOND;

/** People are called when it has not answered for so long. */
const CALL_AFTER = 5 * MINUTE;

interface Gone {
  readonly since: Instant;
  readonly askAt: Instant;
  readonly called: boolean;
}

export function watchServers(clock: Clock): ServerWatch {
  const gone = new Map<string, Gone>();
  return {
    mayAsk: (server) => clock() >= (gone.get(server)?.askAt ?? 0),
    answered(server) {
      const since = gone.get(server)?.since;
      gone.delete(server);
      return since === undefined ? undefined : clock() - since;
    },
    failed(server) {
      const now = clock();
      const { since = now, called = false } = gone.get(server) ?? {};
      const call = !called && now - since >= CALL_AFTER;
      gone.set(server, { since, askAt: now + ASK_AGAIN, called: called || call });
      return call ? { since } : undefined;
    },
    gone: () => new Map([...gone].map(([server, { since }]) => [server, since])),
  };
}

/** Whether it is the server that fails, and not the question. */
export function isServerGone({ reason }: MetricsError): boolean {
  return reason === 'unreachable' || reason === 'slow' || reason === 'unreadable';
}
