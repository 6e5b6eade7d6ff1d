import { createGate, type Gate } from '../gate.ts';
import type { Span } from '../monitors/series.ts';
import type { Instant, Milliseconds } from '../time.ts';
import { exchange, MetricsError } from './exchange.ts';
import { query, queryRange, type LabelledSamples } from './prometheus.ts';
import { serverFor, type MetricServer } from './server.ts';

/** Who asks, and which server. */
export interface Asking {
  /** The name of the server, as the operator's file has it. */
  readonly server: string;
  /** The repository for which it is asked, as `owner/name`. */
  readonly repository: string;
}

/**
 * The metric servers by name. Each has so many questions at a time as the operator allows, and answers within its
 * timeout, the time in line included: a server that is dead keeps nobody waiting longer, and no other server.
 */
export interface MetricServers {
  /**
   * What a query says at one moment, one series for each set of labels.
   *
   * @throws {MetricsError} when there is no answer, which says nothing about the model; the signal's reason when that is
   *   aborted.
   */
  query(
    asking: Asking,
    promql: string,
    at: Instant,
    signal: AbortSignal,
  ): Promise<readonly LabelledSamples[]>;
  /** What a query says from the beginning of a span to its end, each `step`. Throws as `query` does. */
  queryRange(
    asking: Asking,
    promql: string,
    span: Span,
    step: Milliseconds,
    signal: AbortSignal,
  ): Promise<readonly LabelledSamples[]>;
  /**
   * What the server answers at a path below its address, which is no answer of Prometheus: a model server says there
   * what it serves. Throws as `query` does, also when the status is another one than 200.
   */
  get(asking: Asking, path: string, signal: AbortSignal): Promise<string>;
}

/** Opens the servers of the operator's file. Connects to none before it is asked. */
export function openMetricServers(servers: readonly MetricServer[]): MetricServers {
  const gates = new Map(servers.map(({ name, concurrency }) => [name, createGate(concurrency)]));

  const ask = async <T>(
    { server: name, repository }: Asking,
    signal: AbortSignal,
    question: (server: MetricServer, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const server = serverFor(servers, name, repository);
    const gate = gates.get(name);
    if (!server || !gate) {
      throw new MetricsError('unknown', 'there is none of that name for this repository');
    }
    return inTime(gate, server, signal, (within) => question(server, within));
  };

  return {
    query: (asking, promql, at, signal) =>
      ask(asking, signal, (server, within) => query(server, promql, at, within)),
    queryRange: (asking, promql, span, step, signal) =>
      ask(asking, signal, (server, within) => queryRange(server, promql, span, step, within)),
    get: (asking, path, signal) =>
      ask(asking, signal, async (server, within) => {
        const { status, text } = await exchange(server, { path }, within);
        if (status === 200) return text;
        throw new MetricsError('refused', `it answered with the status ${status}`);
      }),
  };
}

/** Lets a question through the gate; whoever waits there longer than an answer may take is not let through. */
async function inTime<T>(
  gate: Gate,
  { timeout }: MetricServer,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(timeout);
  const over = AbortSignal.any([signal, late]);
  const gaveUp = Promise.withResolvers<never>();
  const giveUp = (): void => gaveUp.reject(over.reason);
  over.addEventListener('abort', giveUp);
  try {
    over.throwIfAborted();
    const asked = gate(async () => {
      over.throwIfAborted();
      return work(over);
    });
    return await Promise.race([asked, gaveUp.promise]);
  } catch (error) {
    signal.throwIfAborted();
    if (error === late.reason) throw new MetricsError('slow', 'it did not answer in time', error);
    throw error;
  } finally {
    over.removeEventListener('abort', giveUp);
  }
}
