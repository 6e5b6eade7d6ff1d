import { createHmac, timingSafeEqual } from 'node:crypto';
import { MINUTE, SECOND, type Instant } from '../../time.ts';

/** Why a request is not Slack's, or not of now. */
export type Unsigned = 'no-signature' | 'too-old' | 'wrong';

/** Slack asks to refuse what is older, since it may be a replay. */
export const OLDEST_REQUEST = 5 * MINUTE;

/**
 * Whether a request is Slack's: version 0, an HMAC-SHA256 of `v0:timestamp:body` (docs.slack.dev, "Verifying requests
 * from Slack"). Undefined: it is. How long that takes says nothing about how much of it was right.
 */
export function findUnsigned(
  secret: string,
  request: {
    readonly signature: string | undefined;
    /** Seconds since 1970, as the header says. */
    readonly timestamp: string | undefined;
    readonly body: Uint8Array;
  },
  now: Instant,
): Unsigned | undefined {
  const { signature = '', timestamp = '', body } = request;
  if (!/^v0=[0-9a-f]{64}$/.test(signature) || !/^\d{1,12}$/.test(timestamp)) return 'no-signature';
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  const said = Buffer.from(signature.slice(3), 'hex');
  if (!timingSafeEqual(expected, said)) return 'wrong';
  return Math.abs(now - Number(timestamp) * SECOND) > OLDEST_REQUEST ? 'too-old' : undefined;
}
