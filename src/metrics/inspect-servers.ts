import { createGate } from '../gate.ts';
import type { Clock } from '../time.ts';
import { MetricsError, query } from './prometheus.ts';
import type { MetricServer } from './server.ts';

/** What came of asking a metric server. */
export interface AskedServer {
  readonly name: string;
  /** Why it gives no metrics; undefined when it does. Neither a secret nor an address is in it. */
  readonly problem: string | undefined;
}

/** So many are asked at a time. */
const AT_A_TIME = 8;

/** Asks each server for a number that needs no metric, with its credentials. Never rejects. */
export function inspectServers(
  servers: readonly MetricServer[],
  clock: Clock,
): Promise<readonly AskedServer[]> {
  const gate = createGate(AT_A_TIME);
  const { signal } = new AbortController();
  const ask = async (server: MetricServer): Promise<AskedServer> => {
    const { name } = server;
    try {
      await query(server, 'vector(1)', clock(), signal);
      return { name, problem: undefined };
    } catch (error) {
      const problem = error instanceof MetricsError ? error.message : 'it could not be asked';
      return { name, problem };
    }
  };
  return Promise.all(servers.map((server) => gate(() => ask(server))));
}
