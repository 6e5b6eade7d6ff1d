/**
 * The HTTP side of receiving alerts: a handler to put in front of others, which takes `POST /alerts/alertmanager` and
 * `POST /alerts/generic` and leaves every other path alone.
 *
 * Properties: nothing is acknowledged before `accept` has stored it; a delivery is stored as a whole or not at all;
 * a sender without credentials costs at most one body of the limit; no credential is ever written anywhere.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Milliseconds } from '../time.ts';
import { explainNotStored } from '../web/not-stored.ts';
import type { AlertFor, AlertSource, Taken } from './alert.ts';
import { answer, answerAndClose, type Answer } from './answer.ts';
import { receiveAlerts, WAYS_IN, type Received, type WayIn } from './receive.ts';
import {
  answerNotStored,
  CHALLENGE,
  DEFAULT_LIMIT,
  plainError,
  takeDelivery,
} from './take-delivery.ts';

/** What happened to a request, for the log. Never carries credentials or bodies. */
export type ReceiverEvent<Format extends string = WayIn> =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly format: Format;
      readonly source?: string;
      readonly lines: readonly string[];
    }
  | { readonly kind: 'cut-off'; readonly format: Format }
  | {
      readonly kind: 'not-stored';
      readonly status: number;
      readonly format: Format;
      readonly source?: string;
      readonly error: unknown;
    };

export interface ReceiverOptions {
  readonly sources: readonly AlertSource[];
  /**
   * Stores the alerts of one delivery, all of them or none. Must not resolve before they are stored. Must cope with
   * the same delivery twice: a sender repeats it when the answer got lost.
   */
  readonly accept: (taken: readonly AlertFor[]) => Promise<void>;
  readonly clock: Clock;
  /** The largest body, in bytes; 1 MiB unless given. */
  readonly limit?: number;
  /** How long a body may take to arrive; 10 s unless given. */
  readonly bodyTimeout?: Milliseconds;
  readonly report?: (event: ReceiverEvent) => void;
}

/** Answers whether the request was for it; if not, it has not been touched. */
export type AlertReceiver = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

/** Where alerts are posted. */
export const ALERT_PATHS = WAYS_IN.map((way) => `/alerts/${way}`);

function wayIn(url: string | undefined): WayIn | undefined {
  const path = url?.split('?', 1)[0];
  return WAYS_IN.find((way) => path === `/alerts/${way}`);
}

function tellTaken(taken: Taken, index: number): object {
  if (!taken.taken) return taken;
  const { alert, repository } = taken;
  const { name, model, environment, version, severity, status, fingerprint } = alert;
  const said = { name, model, environment, version, severity, status, fingerprint };
  return { taken: true, index, repository, ...said };
}

function answerFor(received: Received): Answer {
  if (received.status === 202) {
    const { status, lines, taken } = received;
    return { status, lines, json: { alerts: taken.map(tellTaken), lines } };
  }
  const { status, error, problem } = received;
  const headers = status === 401 ? CHALLENGE : undefined;
  return plainError(status, error, headers, problem && { problem });
}

/**
 * Makes the handler. It never throws; what goes wrong in `accept` becomes an event and a 503, or a 422 when the
 * delivery can never be stored.
 */
export function createAlertReceiver(options: ReceiverOptions): AlertReceiver {
  const { sources, accept, clock, limit = DEFAULT_LIMIT, bodyTimeout } = options;
  const report = options.report ?? (() => {});

  async function store(taken: readonly Taken[]): Promise<void> {
    const alerts = taken.flatMap((one) =>
      one.taken ? [{ alert: one.alert, repository: one.repository }] : [],
    );
    if (alerts.length > 0) await accept(alerts);
  }

  return async (req, res) => {
    const format = wayIn(req.url);
    if (!format) return false;
    const told = (answer: Answer, source?: string) => {
      const { status, lines } = answer;
      report({ kind: 'answered', status, format, lines, ...(source !== undefined && { source }) });
      return answer;
    };
    const reading = await takeDelivery(req, {
      sources,
      clock,
      what: 'alerts',
      limit,
      ...(bodyTimeout !== undefined && { bodyTimeout }),
    });
    if (reading.kind === 'refused') {
      answerAndClose(req, res, told(reading.answer));
      return true;
    }
    if (reading.kind === 'cut-off') {
      report({ kind: 'cut-off', format });
      return true;
    }

    const { headers } = req;
    const received = receiveAlerts({
      format,
      headers,
      body: reading.body,
      sources,
      now: clock(),
      limit,
    });
    const source = received.status === 202 ? received.source : undefined;
    try {
      await store(received.taken);
    } catch (error) {
      const refusal = answerNotStored(explainNotStored(error), 'alerts');
      const { status } = refusal;
      report({
        kind: 'not-stored',
        status,
        format,
        error,
        ...(source !== undefined && { source }),
      });
      answer(req, res, refusal);
      return true;
    }
    answer(req, res, told(answerFor(received), source));
    return true;
  };
}
