import { Counter, type Registry } from 'prom-client';
import { SECOND, type Clock, type Instant } from '../time.ts';
import { addGauge } from './add-gauge.ts';

/** Adds what there is to tell of monitors; answers how their looks, and samples that are pushed, are counted. */
export function addMonitors(
  registry: Registry,
  clock: Clock,
  gone: () => ReadonlyMap<string, Instant>,
): Record<'looked' | 'sampled', (outcome: string, count: number) => void> {
  const looks = new Counter({
    name: 'lastgood_monitor_looks_total',
    help: 'Looks of monitors, by what they came to.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const samples = new Counter({
    name: 'lastgood_samples_total',
    help: 'Samples that were pushed, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  addGauge(
    registry,
    'lastgood_metric_servers_gone',
    'Metric servers that do not answer.',
    () => gone().size,
  );
  addGauge(
    registry,
    'lastgood_metric_server_gone_seconds',
    'How long the metric server has not answered that has not for longest; 0 while all do.',
    () => {
      const since = [...gone().values()];
      return since.length === 0 ? 0 : (clock() - Math.min(...since)) / SECOND;
    },
  );
  return {
    looked: (outcome, count) => looks.inc({ outcome }, count),
    sampled: (outcome, count) => samples.inc({ outcome }, count),
  };
}
