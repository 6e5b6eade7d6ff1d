import type { IncomingMessage } from 'node:http';
import type { Milliseconds } from '../time.ts';
import { PROCESS_ROOM, type BodyRoom } from './body-room.ts';

/** What came of reading a request's body. */
export type BodyReading =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-slow' }
  /** More was arriving at once than is kept, and this was the largest of it. */
  | { readonly kind: 'crowded-out' }
  /** The sender went away before the end of what it announced; there is nobody to answer. */
  | { readonly kind: 'cut-off' };

/**
 * Reads a body of at most `limit` bytes within `timeout` from now. An announced length above the limit is refused
 * before the first byte; an unannounced one as soon as it is exceeded. Nothing is kept of a body that is refused.
 */
export function readBody(
  req: IncomingMessage,
  limit: number,
  timeout: Milliseconds,
  room: BodyRoom = PROCESS_ROOM,
): Promise<BodyReading> {
  if (Number(req.headers['content-length'] ?? 0) > limit) {
    return Promise.resolve({ kind: 'too-large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (reading: BodyReading) => {
      clearTimeout(timer);
      seat.leave();
      req.off('data', keep).off('end', end).off('close', cut).off('error', cut).pause();
      // A sender that vanishes later on must not bring the process down.
      req.on('error', () => {});
      resolve(reading);
    };
    const keep = (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > limit) return settle({ kind: 'too-large' });
      chunks.push(chunk);
      seat.take(chunk.byteLength);
    };
    const end = () => {
      const [first] = chunks;
      const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
      settle({ kind: 'read', body });
    };
    const cut = () => settle({ kind: 'cut-off' });
    const seat = room.enter(() => settle({ kind: 'crowded-out' }));
    const timer = setTimeout(() => settle({ kind: 'too-slow' }), timeout);
    req.on('data', keep).on('end', end).on('close', cut).on('error', cut);
    if (req.destroyed) cut();
  });
}
