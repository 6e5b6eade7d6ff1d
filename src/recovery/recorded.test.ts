import { expect, test } from 'vitest';
import { MOST_POINTS } from '../journal/samples.ts';
import { recordedAway, withRecorded, type Recorded } from './recorded.ts';
import type { Recovery } from './recovery.ts';

const answered = (...points: [number, number][]) => ({
  metrics: [{ name: 'auc', series: 1, ...(points.length > 0 && { points }) }],
});

test('readings overlap, and each point is recorded once, in order', () => {
  let recorded: readonly Recorded[] = [];
  recorded = withRecorded(recorded, answered([20, 0.5], [10, 0.4]));
  recorded = withRecorded(recorded, answered([10, 0.4], [20, 0.5], [30, 0.6]));
  recorded = withRecorded(recorded, answered());
  expect(recorded).toEqual([
    {
      name: 'auc',
      points: [
        [10, 0.4],
        [20, 0.5],
        [30, 0.6],
      ],
      until: 30,
    },
  ]);
});

test('what an entry carries is not recorded again, and what comes later is', () => {
  const recorded = withRecorded([], answered([10, 0.4], [20, 0.5]));
  const told = recordedAway({ recorded } as unknown as Recovery).recorded ?? [];
  expect(withRecorded(told, answered([20, 0.5]))).toEqual([{ name: 'auc', points: [], until: 20 }]);
  expect(withRecorded(told, answered([20, 0.5], [30, 0.6]))).toEqual([
    { name: 'auc', points: [[30, 0.6]], until: 30 },
  ]);
});

test('a metric that the policy has no more is recorded no more', () => {
  const recorded = withRecorded([], answered([10, 0.4]));
  expect(withRecorded(recorded, { metrics: [{ name: 'f1', series: 0 }] })).toEqual([]);
});

test('days of readings stay bounded, and keep every extreme', () => {
  let recorded: readonly Recorded[] = [];
  for (let i = 0; i < 5_000; i += 1) {
    const value = i === 1_234 ? 9 : i === 4_321 ? -9 : 0.5;
    recorded = withRecorded(recorded, answered([i * 6_000, value]));
    expect(recorded[0]?.points.length).toBeLessThanOrEqual(2 * MOST_POINTS);
  }
  const [one] = recorded;
  const values = one?.points.map(([, value]) => value) ?? [];
  expect([Math.min(...values), Math.max(...values)]).toEqual([-9, 9]);
  expect([one?.points[0]?.[0], one?.points.at(-1)?.[0]]).toEqual([0, 4_999 * 6_000]);
});
