import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { SECOND } from '../time.ts';

/** An answer in both of its forms. */
export interface Answer {
  readonly status: number;
  readonly lines: readonly string[];
  /** The same for a program. */
  readonly json: unknown;
  readonly headers?: OutgoingHttpHeaders;
}

/** For so long the rest of a refused body is thrown away, so that the answer still reaches its sender. */
const LINGER = SECOND;

function wantsJson(req: IncomingMessage): boolean {
  return /\bapplication\/json\b/i.test(req.headers.accept ?? '');
}

/** Writes the head, and answers the body that goes with it. */
function writeHead(req: IncomingMessage, res: ServerResponse, answer: Answer): string {
  const json = wantsJson(req);
  const body = json ? `${JSON.stringify(answer.json)}\n` : `${answer.lines.join('\n')}\n`;
  res.writeHead(answer.status, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...answer.headers,
  });
  return body;
}

/** Answers a request whose body has been read: lines of text, or JSON when `Accept` asks for it. */
export function answer(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  res.end(writeHead(req, res, answer));
}

/**
 * Answers a request whose body has not been read to its end, and closes the connection. Closing at once would reset it
 * and could take the answer away from a sender that is still writing, so what arrives within a second is thrown away.
 */
export function answerAndClose(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  res.write(
    writeHead(req, res, { ...answer, headers: { ...answer.headers, connection: 'close' } }),
  );
  // With `connection: close`, node closes the socket as soon as the answer has ended.
  const finish = () => {
    clearTimeout(timer);
    if (!res.writableEnded) res.end();
  };
  const timer = setTimeout(finish, LINGER);
  req.once('end', finish).once('close', finish).resume();
}
