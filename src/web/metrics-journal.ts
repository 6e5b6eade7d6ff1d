import { Counter, Histogram, type Registry } from 'prom-client';
import type { Entry, Journal } from '../journal/entry.ts';
import { SECOND } from '../time.ts';

/** Seconds, from a rollback that takes two quick calls to one that waits a day for its review. */
const PHASE_BUCKETS = [0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200, 86_400];

/** Adds what the journal tells: decisions, and what became of rollbacks. */
export function addJournal(registry: Registry): (journal: Journal) => Journal {
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
  /** By incident: when its last phase ended. Entries go when the incident does. */
  const since = new Map<string, number>();

  const time = (entry: Entry): void => {
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

  const count = (entry: Entry): void => {
    // What is only read back happened before.
    if ('rebuilt' in entry) return;
    if (entry.kind === 'failed') failures.inc();
    if (entry.kind === 'decided') {
      decisions.inc({ act: entry.decision.act, reason: entry.decision.reason });
    }
    if (entry.kind === 'proposed' || entry.kind === 'merged' || entry.kind === 'closed') {
      rollbacks.inc({ outcome: entry.kind });
    }
    time(entry);
  };

  return (journal) => ({
    write(entry) {
      count(entry);
      journal.write(entry);
    },
  });
}
