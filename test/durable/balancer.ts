import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One address in front of several replicas: each connection goes to the next of them that answers. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

export async function openBalancer(replicas: readonly string[]): Promise<Balancer> {
  const ports = replicas.map((url) => Number(new URL(url).port));
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer((outer) => {
    open.add(outer);
    outer.on('error', () => outer.destroy());
    const lead = (left: number): void => {
      if (left === 0) return void outer.destroy();
      turn += 1;
      const inner = connect(ports[turn % ports.length] ?? 0, '127.0.0.1');
      let connected = false;
      inner.on('connect', () => {
        connected = true;
        outer.pipe(inner).pipe(outer);
      });
      inner.on('error', () => (connected ? outer.destroy() : lead(left - 1)));
      outer.on('close', () => {
        open.delete(outer);
        inner.destroy();
      });
    };
    lead(ports.length);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const one of open) one.destroy();
      await closed;
    },
  };
}
