import type { IncomingMessage } from 'node:http';
import {
  BODY_TOO_LARGE,
  BODY_CROWDED_OUT,
  BODY_TOO_SLOW,
  methodNotAllowed,
  neverStored,
  NOT_AUTHORISED,
  tryAgain,
} from '../texts/alerts.ts';
import { SECOND, type Clock, type Milliseconds } from '../time.ts';
import type { NotStored } from '../web/not-stored.ts';
import type { AlertSource } from './alert.ts';
import type { Answer } from './answer.ts';
import { authenticate, needsBody } from './authenticate.ts';
import { readBody } from './read-body.ts';

/** The largest body taken when nothing else is said: 1 MiB. */
export const DEFAULT_LIMIT = 1_048_576;

/** What belongs to an answer that asks for credentials. */
export const CHALLENGE = { 'www-authenticate': 'Bearer' };

/** What a way in for authenticated senders holds each request to. */
export interface DeliveryRules {
  readonly sources: readonly AlertSource[];
  readonly clock: Clock;
  /** What is sent, for a sentence: `alerts`. */
  readonly what: string;
  /** The largest body, in bytes; 1 MiB unless given. */
  readonly limit?: number;
  /** How long a body may take to arrive; 10 s unless given. */
  readonly bodyTimeout?: Milliseconds;
}

export type TakenDelivery =
  | { readonly kind: 'read'; readonly body: Buffer }
  /** The body was not read to its end. */
  | { readonly kind: 'refused'; readonly answer: Answer }
  /** The sender went away; there is nobody to answer. */
  | { readonly kind: 'cut-off' };

/**
 * Takes the body of a request. With a token, nothing of the body is read before the token was found good; a signature
 * can only be checked afterwards, by whoever takes the body: it costs a stranger at most one body of the limit.
 */
export async function takeDelivery(
  req: IncomingMessage,
  { sources, clock, what, limit = DEFAULT_LIMIT, bodyTimeout = 10 * SECOND }: DeliveryRules,
): Promise<TakenDelivery> {
  const refused = (answer: Answer): TakenDelivery => ({ kind: 'refused', answer });
  const { method = '', headers } = req;
  if (method !== 'POST') {
    return refused(plainError(405, methodNotAllowed(method, what), { allow: 'POST' }));
  }
  if (!needsBody(headers) && !authenticate(sources, headers, new Uint8Array(), clock())) {
    return refused(plainError(401, NOT_AUTHORISED, CHALLENGE));
  }
  const reading = await readBody(req, limit, bodyTimeout);
  if (reading.kind === 'too-large') return refused(plainError(413, BODY_TOO_LARGE));
  if (reading.kind === 'crowded-out') {
    return refused(plainError(503, BODY_CROWDED_OUT, { 'retry-after': '5' }));
  }
  if (reading.kind === 'too-slow') return refused(plainError(408, BODY_TOO_SLOW));
  return reading;
}

/** One sentence on what is wrong, in both forms of an answer. */
export function plainError(
  status: number,
  error: string,
  headers?: Answer['headers'],
  details?: object,
): Answer {
  return { status, lines: [error], json: { error, ...details }, ...(headers && { headers }) };
}

/** The answer to a delivery that could not be stored, none of it. */
export function answerNotStored(why: NotStored, what: string): Answer {
  if (why.kind === 'never') return plainError(422, neverStored(why.sentence));
  const after = why.kind === 'later' ? why.retryAfter : 5;
  return plainError(503, tryAgain(what), { 'retry-after': String(after) });
}
