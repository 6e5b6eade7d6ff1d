import { expect, test } from 'vitest';
import type { Entry } from '../journal/entry.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { createMetrics, type Metrics } from './metrics.ts';

const incident = `lastgood/production/ranker/${'b'.repeat(40)}`;
const common = { repository: 'acme/ml-manifests', incident, sentence: '' };
const clock = () => 10_000;

function entry(kind: 'planned' | 'proposed' | 'merged' | 'closed', at: number): Entry {
  return { ...common, kind, at, number: 1, url: '', commit: '', plan: undefined } as never;
}

async function lines(metrics: Metrics, name: string): Promise<string[]> {
  const { text } = await metrics.exposition();
  return text.split('\n').filter((line) => line.startsWith(name));
}

test('a rollback is counted, and its phases are timed', async () => {
  const metrics = createMetrics({ clock });
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
  const metrics = createMetrics({ clock });
  metrics.counted({ write: () => {} }).write(entry('merged', 350));
  expect(await lines(metrics, 'lastgood_rollback_phase_seconds_sum')).toEqual([]);
});

const EMPTY: Snapshot = {
  waiting: 0,
  later: 0,
  dead: 0,
  handled: 0,
  timers: 0,
  working: 0,
  paused: 0,
  oldestAge: 0,
};

let usable = true;
const isUsable = () => Promise.resolve(usable);

test('the inbox is asked once a scrape, at each scrape', async () => {
  let asked = 0;
  const snapshot = async () => {
    asked += 1;
    return { ...EMPTY, waiting: asked, dead: 2, oldestAge: 1_500 };
  };
  const metrics = createMetrics({ clock, queue: { snapshot, isUsable } });
  expect(await lines(metrics, 'lastgood_inbox_')).toEqual([
    'lastgood_inbox_waiting 1',
    'lastgood_inbox_later 0',
    'lastgood_inbox_dead 2',
    'lastgood_inbox_oldest_seconds 1.5',
  ]);
  expect(await lines(metrics, 'lastgood_inbox_waiting')).toEqual(['lastgood_inbox_waiting 2']);
});

test('while the database is gone, the rest is told all the same', async () => {
  const snapshot = () => Promise.reject(new Error('gone'));
  const metrics = createMetrics({ clock, queue: { snapshot, isUsable } });
  usable = false;
  metrics.swept('ok');
  expect(await lines(metrics, 'lastgood_database_up')).toEqual(['lastgood_database_up 0']);
  expect(await lines(metrics, 'lastgood_inbox_dead')).toEqual([]);
  expect(await lines(metrics, 'lastgood_last_sweep')).toEqual([
    'lastgood_last_sweep_timestamp_seconds 10',
  ]);
});

test('of several installations, the tightest limit that is still in force is shown', async () => {
  let now = 0;
  const metrics = createMetrics({ clock: () => now });
  const call = (remaining: number, resetAt: number) =>
    metrics.githubCalled({
      kind: 'read',
      outcome: 'ok',
      seconds: 0.1,
      limit: { resource: 'core', remaining, resetAt },
    });
  call(4_000, 100);
  call(12, 50);
  call(11, 50);
  const name = 'lastgood_github_rate_limit_remaining{';
  expect(await lines(metrics, name)).toEqual([`${name}resource="core"} 11`]);
  now = 60;
  expect(await lines(metrics, name)).toEqual([`${name}resource="core"} 4000`]);
});

test('mirrors: how many, how old the oldest, how many cannot be fetched', async () => {
  const metrics = createMetrics({
    clock,
    mirrors: () => ({ open: 3, oldest: 4_000, failing: 1 }),
  });
  expect(await lines(metrics, 'lastgood_mirror')).toEqual([
    'lastgood_mirrors 3',
    'lastgood_mirrors_failing 1',
    'lastgood_mirror_age_seconds 6',
  ]);
});
