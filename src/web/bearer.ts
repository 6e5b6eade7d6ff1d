import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whether a request carries this token. How long that takes says nothing about how much of it was right. */
export function carriesToken(
  { headers }: Pick<IncomingMessage, 'headers'>,
  token: string,
): boolean {
  const said = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(said), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
