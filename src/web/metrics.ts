import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Entry, Journal } from '../journal/entry.ts';
import { SECOND } from '../time.ts';

/** What waits in the inbox, as the store counts it. */
export interface Waiting {
  readonly waiting: number;
  readonly dead: number;
  /** How long the oldest item has been waiting, in milliseconds; 0 when none is. */
  readonly oldest: number;
}

/** What Lastgood tells Prometheus of itself. */
export interface Metrics {
  /** A journal that counts what passes through it, and hands it on. */
  counted(journal: Journal): Journal;
  /** One call to GitHub has been answered, or failed with no answer (status 0). */
  githubCalled(route: string, status: number, seconds: number): void;
  /** The text format, and its content type. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Seconds, from a rollback that takes two quick calls to one that waits a day for its review. */
const PHASE_BUCKETS = [0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200, 86_400];

/** Creates the metrics. `waiting` is asked at each scrape; absent where nothing queues. */
export function createMetrics(waiting?: () => Promise<Waiting>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const decisions = new Counter({
    name: 'lastgood_decisions_total',
    help: 'Decisions about alerts, by what is done and why.',
    labelNames: ['act', 'reason'],
    registers,
  });
  const rollbacks = new Counter({
    name: 'lastgood_rollbacks_total',
    help: 'Rollback pull requests, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const phases = new Histogram({
    name: 'lastgood_rollback_phase_seconds',
    help: 'How long the phases of a rollback took: decided to proposed, proposed to merged.',
    labelNames: ['phase'],
    buckets: PHASE_BUCKETS,
    registers,
  });
  const failures = new Counter({
    name: 'lastgood_failures_total',
    help: 'Steps that failed and are tried again or given up.',
    registers,
  });
  const calls = new Histogram({
    name: 'lastgood_github_call_seconds',
    help: 'Calls to the API of GitHub, by route and status; status 0 got no answer.',
    labelNames: ['route', 'status'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  if (waiting) addQueue(registry, waiting);
  /** By incident: when its last phase ended. Entries go when the incident does. */
  const since = new Map<string, number>();

  const count = (entry: Entry): void => {
    if (entry.kind === 'failed') failures.inc();
    if (entry.kind === 'decided') {
      decisions.inc({ act: entry.decision.act, reason: entry.decision.reason });
    }
    if (entry.kind === 'proposed' || entry.kind === 'merged' || entry.kind === 'closed') {
      rollbacks.inc({ outcome: entry.kind });
    }
    if (entry.incident === undefined) return;
    const before = since.get(entry.incident);
    if (entry.kind === 'planned') since.set(entry.incident, entry.at);
    if (entry.kind === 'proposed') {
      if (before !== undefined) {
        phases.observe({ phase: 'propose' }, (entry.at - before) / SECOND);
      }
      since.set(entry.incident, entry.at);
    }
    if (entry.kind === 'merged' && before !== undefined) {
      phases.observe({ phase: 'merge' }, (entry.at - before) / SECOND);
    }
    if (entry.kind === 'merged' || entry.kind === 'closed') since.delete(entry.incident);
  };

  return {
    counted: (journal) => ({
      write(entry) {
        count(entry);
        journal.write(entry);
      },
    }),
    githubCalled: (route, status, seconds) => calls.observe({ route, status }, seconds),
    async exposition() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function addQueue(registry: Registry, waiting: () => Promise<Waiting>): void {
  // The gauges of one scrape share one question.
  let asked: Promise<Waiting> | undefined;
  const ask = (): Promise<Waiting> =>
    (asked ??= waiting().finally(() => {
      asked = undefined;
    }));
  const add = (name: string, help: string, value: (now: Waiting) => number): void => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: async () => gauge.set(value(await ask())),
    });
  };
  add('lastgood_inbox_waiting', 'Accepted items that are not handled yet.', (now) => now.waiting);
  add('lastgood_inbox_dead', 'Items given up, which wait for a person.', (now) => now.dead);
  add(
    'lastgood_inbox_oldest_seconds',
    'How long the oldest accepted item has been waiting.',
    (now) => now.oldest / SECOND,
  );
}
