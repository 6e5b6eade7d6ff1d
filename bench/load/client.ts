import { once } from 'node:events';
import { connect } from 'node:net';

/** A connection that is kept; one request at a time. */
export interface Client {
  /** Sends a request; answers its status. */
  post(request: Buffer): Promise<number>;
  close(): void;
}

/**
 * The least that talks HTTP/1.1 to a server that answers with a Content-Length, as both servers of the bench do: a
 * client that parses more would take the time of the server on the same two cores.
 */
export async function openClient(url: string): Promise<Client> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let answered = Promise.withResolvers<number>();
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end + 2))?.[1];
    if (length === undefined) {
      answered.reject(new Error(`An answer without a length: ${received.slice(0, 200)}`));
    } else if (received.length >= end + 4 + Number(length)) {
      const status = Number(received.slice(9, 12));
      received = '';
      answered.resolve(status);
    }
  });
  const gone = (): void => answered.reject(new Error('The server closed the connection.'));
  socket.on('error', gone).on('close', gone);
  return {
    post(request) {
      answered = Promise.withResolvers();
      socket.write(request);
      return answered.promise;
    },
    close() {
      socket.off('close', gone);
      socket.destroy();
    },
  };
}
