import { expect, test } from 'vitest';
import { MINUTE } from '../time.ts';
import { signOfMetric } from './sign-of-metric.ts';

const OUT = 100 * MINUTE;
const NOW = OUT + 5 * MINUTE;
const GOOD = [1, 2, 3].map((n) => ({ at: n * MINUTE, value: 0.9 }));

function sign(
  values: readonly number[],
  worse: 'any' | 'higher' | 'lower' = 'any',
  baseline: number | 'last-good' = 'last-good',
): string {
  const samples = values.map((value, n) => ({ at: NOW - n * 15_000, value }));
  const { health, seen } = signOfMetric(
    { name: 'auc', tolerance: 0.1, worse },
    baseline === 'last-good'
      ? { kind: 'last-good', samples: GOOD }
      : { kind: 'number', value: baseline },
    // What was measured before the roll-out never counts.
    { samples: [...samples, { at: OUT - 1, value: 0 }], now: NOW, from: OUT, window: 10 * MINUTE },
  );
  return `${health}: ${seen}`;
}

test.each([
  ['back', sign([0.9, 0.88]), 'well: the metric auc is 0.89, within its tolerance (baseline 0.9)'],
  ['too low', sign([0.5]), 'ill: the metric auc is 0.5, beyond 0.81 (baseline 0.9)'],
  ['too high', sign([1.2]), 'ill: the metric auc is 1.2, beyond 0.99 (baseline 0.9)'],
  [
    'high, where only low is ill',
    sign([1.2], 'lower'),
    'well: the metric auc is 1.2, within its tolerance (baseline 0.9)',
  ],
  [
    'a number to be near',
    sign([11.5], 'higher', 10),
    'ill: the metric auc is 11.5, beyond 11 (baseline 10)',
  ],
  ['nothing', sign([]), 'unknown: the metric auc has no data since the roll-out'],
  ['no numbers', sign([Number.NaN]), 'unknown: the metric auc has no data since the roll-out'],
  [
    'a part of nothing',
    sign([1], 'any', 0),
    'unknown: the metric auc has no baseline to be compared with',
  ],
])('a metric that is %s', (_, said, expected) => {
  expect(said).toBe(expected);
});
