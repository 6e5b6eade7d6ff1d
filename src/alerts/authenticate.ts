import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { MINUTE, SECOND, type Instant } from '../time.ts';
import type { AlertSource } from './alert.ts';

/** The signature of a body: `sha256=` and the HMAC-SHA256 in hex. */
export const SIGNATURE_HEADER = 'x-lastgood-signature-256';
/** Seconds since the epoch; signed together with the body as `<timestamp>.<body>`. */
export const TIMESTAMP_HEADER = 'x-lastgood-timestamp';
/** A signed timestamp counts for so long before and after now. */
export const TIMESTAMP_WINDOW = 5 * MINUTE;

type Proves = (source: AlertSource) => boolean;

/** Equal, in a time that depends on neither: hashed first, so that lengths do not show either. */
function sameSecret(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** What is signed, or undefined when a timestamp is not one or lies outside the window. */
function signedBytes(
  timestamp: string | undefined,
  body: Uint8Array,
  now: Instant,
): Uint8Array | undefined {
  if (timestamp === undefined) return body;
  if (!/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(now - Number(timestamp) * SECOND) > TIMESTAMP_WINDOW) return undefined;
  return Buffer.concat([Buffer.from(`${timestamp}.`), body]);
}

function bySignature(headers: IncomingHttpHeaders, body: Uint8Array, now: Instant): Proves {
  const signature = headerText(headers, SIGNATURE_HEADER)?.toLowerCase() ?? '';
  const signed = signedBytes(headerText(headers, TIMESTAMP_HEADER), body, now);
  return ({ auth }) => {
    const secret = auth.kind === 'hmac' ? auth.secret : '';
    const expected = createHmac('sha256', secret)
      .update(signed ?? body)
      .digest('hex');
    const same = sameSecret(signature, `sha256=${expected}`);
    return same && signed !== undefined && auth.kind === 'hmac';
  };
}

function byToken(header: string): Proves {
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? '';
  return ({ auth }) => {
    const same = sameSecret(token, auth.kind === 'bearer' ? auth.token : '');
    return same && auth.kind === 'bearer' && token !== '';
  };
}

/** Whether the credentials can only be checked with the whole body at hand. */
export function needsBody(headers: IncomingHttpHeaders): boolean {
  return headers.authorization === undefined && headers[SIGNATURE_HEADER] !== undefined;
}

/**
 * The source whose token or signature a request carries; undefined when there is none. An `Authorization` header is
 * looked at alone, else the signature. Every source is tried whatever the first ones say, so that the time taken tells
 * nobody which of them exists.
 *
 * A signature without a timestamp is accepted, for senders that can sign nothing but a body: whoever records such a
 * request can send it again. A timestamp cannot be taken off, for the signature covers it.
 */
export function authenticate(
  sources: readonly AlertSource[],
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  now: Instant,
): AlertSource | undefined {
  const { authorization } = headers;
  const proves =
    authorization === undefined ? bySignature(headers, body, now) : byToken(authorization);
  let found: AlertSource | undefined;
  for (const source of sources) if (proves(source)) found ??= source;
  return found;
}
