import { expect, test } from 'vitest';
import type { Entry } from '../journal/entry.ts';
import { createMetrics } from './metrics.ts';

const incident = `lastgood/production/ranker/${'b'.repeat(40)}`;
const common = { repository: 'acme/ml-manifests', incident, sentence: '' };

function entry(kind: 'planned' | 'proposed' | 'merged' | 'closed', at: number): Entry {
  return { ...common, kind, at, number: 1, url: '', commit: '', plan: undefined } as never;
}

async function lines(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  const { text } = await metrics.exposition();
  return text.split('\n').filter((line) => line.startsWith(name));
}

test('a rollback is counted, and its phases are timed', async () => {
  const metrics = createMetrics();
  const passed: Entry[] = [];
  const journal = metrics.counted({ write: (one) => passed.push(one) });
  for (const one of [entry('planned', 0), entry('proposed', 200), entry('merged', 350)]) {
    journal.write(one);
  }
  expect(passed).toHaveLength(3);
  expect(await lines(metrics, 'lastgood_rollbacks_total')).toEqual([
    'lastgood_rollbacks_total{outcome="proposed"} 1',
    'lastgood_rollbacks_total{outcome="merged"} 1',
  ]);
  expect(await lines(metrics, 'lastgood_rollback_phase_seconds_sum')).toEqual([
    'lastgood_rollback_phase_seconds_sum{phase="propose"} 0.2',
    'lastgood_rollback_phase_seconds_sum{phase="merge"} 0.15',
  ]);
});

test('a rollback that was found open after a restart has no phases to time', async () => {
  const metrics = createMetrics();
  metrics.counted({ write: () => {} }).write(entry('merged', 350));
  expect(await lines(metrics, 'lastgood_rollback_phase_seconds_sum')).toEqual([]);
});

test('the inbox is asked once a scrape, at each scrape', async () => {
  let asked = 0;
  const metrics = createMetrics(async () => {
    asked += 1;
    return { waiting: asked, dead: 2, oldest: 1_500 };
  });
  expect(await lines(metrics, 'lastgood_inbox_')).toEqual([
    'lastgood_inbox_waiting 1',
    'lastgood_inbox_dead 2',
    'lastgood_inbox_oldest_seconds 1.5',
  ]);
  expect(await lines(metrics, 'lastgood_inbox_waiting')).toEqual(['lastgood_inbox_waiting 2']);
});
