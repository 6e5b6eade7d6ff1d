/**
 * The HTTP side of receiving alerts: a handler to put in front of others, which takes `POST /alerts/alertmanager` and
 * `POST /alerts/generic` and leaves every other path alone.
 *
 * Properties: nothing is acknowledged before `accept` has stored it; a delivery is stored as a whole or not at all;
 * a sender without credentials costs at most one body of the limit; no credential is ever written anywhere.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECOND, type Clock, type Milliseconds } from '../time.ts';
import {
  BODY_TOO_LARGE,
  BODY_TOO_SLOW,
  methodNotAllowed,
  neverStored,
  NOT_AUTHORISED,
  TRY_AGAIN,
} from '../texts/alerts.ts';
import { explainNotStored, type NotStored } from '../web/not-stored.ts';
import type { AlertFor, AlertSource, Taken } from './alert.ts';
import { answer, answerAndClose, type Answer } from './answer.ts';
import { authenticate, needsBody } from './authenticate.ts';
import { readBody } from './read-body.ts';
import { DEFAULT_LIMIT, receiveAlerts, WAYS_IN, type Received, type WayIn } from './receive.ts';

/** What happened to a request, for the log. Never carries credentials or bodies. */
export type ReceiverEvent =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly format: WayIn;
      readonly source?: string;
      readonly lines: readonly string[];
    }
  | { readonly kind: 'cut-off'; readonly format: WayIn }
  | {
      readonly kind: 'not-stored';
      readonly status: number;
      readonly format: WayIn;
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

const CHALLENGE = { 'www-authenticate': 'Bearer' };

/** Where alerts are posted. */
export const ALERT_PATHS = WAYS_IN.map((way) => `/alerts/${way}`);

function wayIn(url: string | undefined): WayIn | undefined {
  const path = url?.split('?', 1)[0];
  return WAYS_IN.find((way) => path === `/alerts/${way}`);
}

function plainError(
  status: number,
  error: string,
  headers?: Answer['headers'],
  details?: object,
): Answer {
  return { status, lines: [error], json: { error, ...details }, ...(headers && { headers }) };
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

/** The answer to a delivery that could not be stored, none of it. */
function answerNotStored(why: NotStored): Answer {
  if (why.kind === 'never') return plainError(422, neverStored(why.sentence));
  const after = why.kind === 'later' ? why.retryAfter : 5;
  return plainError(503, TRY_AGAIN, { 'retry-after': String(after) });
}

/**
 * Makes the handler. It never throws; what goes wrong in `accept` becomes an event and a 503, or a 422 when the
 * delivery can never be stored.
 */
export function createAlertReceiver(options: ReceiverOptions): AlertReceiver {
  const { sources, accept, clock, limit = DEFAULT_LIMIT, bodyTimeout = 10 * SECOND } = options;
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
    const refuse = (refusal: Answer) => {
      answerAndClose(req, res, told(refusal));
      return true;
    };

    const { method = '' } = req;
    if (method !== 'POST') {
      return refuse(plainError(405, methodNotAllowed(method), { allow: 'POST' }));
    }
    if (!needsBody(req.headers) && !authenticate(sources, req.headers, new Uint8Array(), clock())) {
      return refuse(plainError(401, NOT_AUTHORISED, CHALLENGE));
    }
    const reading = await readBody(req, limit, bodyTimeout);
    if (reading.kind === 'too-large') return refuse(plainError(413, BODY_TOO_LARGE));
    if (reading.kind === 'too-slow') return refuse(plainError(408, BODY_TOO_SLOW));
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
      const refusal = answerNotStored(explainNotStored(error));
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
