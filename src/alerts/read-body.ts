import type { IncomingMessage } from 'node:http';
import type { Milliseconds } from '../time.ts';

/** What came of reading a request's body. */
export type BodyReading =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-slow' }
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
): Promise<BodyReading> {
  if (Number(req.headers['content-length'] ?? 0) > limit) {
    return Promise.resolve({ kind: 'too-large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (reading: BodyReading) => {
      clearTimeout(timer);
      req.off('data', keep).off('end', end).off('close', cut).off('error', cut).pause();
      // A sender that vanishes later on must not bring the process down.
      req.on('error', () => {});
      resolve(reading);
    };
    const keep = (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > limit) settle({ kind: 'too-large' });
      else chunks.push(chunk);
    };
    const end = () => {
      const [first] = chunks;
      const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
      settle({ kind: 'read', body });
    };
    const cut = () => settle({ kind: 'cut-off' });
    const timer = setTimeout(() => settle({ kind: 'too-slow' }), timeout);
    req.on('data', keep).on('end', end).on('close', cut).on('error', cut);
    if (req.destroyed) cut();
  });
}
