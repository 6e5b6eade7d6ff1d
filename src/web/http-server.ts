import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { StartError } from '../start-error.ts';
import { SECOND, type Milliseconds } from '../time.ts';

export interface HttpLimits {
  /** How long the head of a request may take to arrive. */
  readonly head: Milliseconds;
  /** How long a request may take to arrive as a whole. */
  readonly request: Milliseconds;
  /** How long requests in flight may take to be answered once the server is to close. */
  readonly grace: Milliseconds;
}

export const HTTP_LIMITS: HttpLimits = {
  head: 10 * SECOND,
  request: 30 * SECOND,
  grace: 10 * SECOND,
};

/** Longer than load balancers keep idle connections, so that they never write into one that just closes here. */
const KEEP_ALIVE = 65 * SECOND;

export interface HttpServer {
  readonly port: number;
  /** Takes no connection any more, answers the requests in flight, and closes what is left after the grace time. */
  close(): Promise<void>;
}

/** Starts to listen. Throws a sentence with what the system says when it cannot. */
export async function openHttpServer(
  at: { readonly host: string; readonly port: number },
  limits: HttpLimits,
  handler: RequestListener,
): Promise<HttpServer> {
  const inFlight = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let closing = false;
  const server = createServer(
    {
      headersTimeout: limits.head,
      requestTimeout: Math.max(limits.head, limits.request),
      keepAliveTimeout: KEEP_ALIVE,
      connectionsCheckingInterval: Math.min(5 * SECOND, limits.head),
    },
    (request, response) => {
      inFlight.add(response);
      response.once('close', () => inFlight.delete(response));
      if (closing) response.setHeader('connection', 'close');
      handler(request, response);
    },
  );
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, at);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      closing = true;
      const closed = new Promise((resolve) => server.close(resolve));
      // To node a connection that never said a word is not idle.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      // Else the connection would be kept, idle, and the server with it.
      for (const response of inFlight) {
        if (!response.headersSent) response.setHeader('connection', 'close');
        response.once('close', () => server.closeIdleConnections());
      }
      const late = setTimeout(() => server.closeAllConnections(), limits.grace);
      await closed;
      clearTimeout(late);
    },
  };
}

function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error): void => {
      const message = `Lastgood cannot listen on ${host}, port ${port}: ${cause.message}. Give another HOST or PORT, or end what listens there.`;
      reject(new StartError(message, { cause }));
    };
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve();
    });
  });
}
