import { describe, expect, it, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../time.ts';
import type { Incident } from './incidents.ts';
import { poissonInterval } from './poisson.ts';
import { score, type Opened } from './score.ts';

const A = 'production/a';
const B = 'production/b';
const SPAN = { from: 0, to: 30 * DAY };

function incident(from: number, to: number, more: Partial<Incident> = {}): Incident {
  return { target: A, from, to, began: from, name: 'x', ...more };
}
function opened(at: number, target = A): Opened {
  return { target, at };
}

describe('score', () => {
  test.each([
    ['nothing', [], [], { incidents: 0, found: 0, falseRollbacks: 0, freeDays: 30 }],
    [
      'one found',
      [opened(DAY + HOUR)],
      [incident(DAY, 2 * DAY)],
      { found: 1, falseRollbacks: 0, freeDays: 29, timeToDetect: { median: HOUR, p90: HOUR } },
    ],
    [
      'the first of two counts',
      [opened(DAY + 2 * HOUR), opened(DAY + HOUR)],
      [incident(DAY, 2 * DAY)],
      { found: 1, falseRollbacks: 0, timeToDetect: { median: HOUR, p90: HOUR } },
    ],
    [
      'at its very beginning and end',
      [opened(DAY), opened(3 * DAY)],
      [incident(DAY, DAY), incident(2 * DAY, 3 * DAY)],
      { found: 2 },
    ],
    [
      'a moment too late',
      [opened(2 * DAY + 1)],
      [incident(DAY, 2 * DAY)],
      { found: 0, falseRollbacks: 1 },
    ],
    [
      'of another target',
      [opened(DAY, B)],
      [incident(DAY, 2 * DAY)],
      { found: 0, falseRollbacks: 1 },
    ],
    [
      'one for two incidents at once',
      [opened(DAY)],
      [incident(DAY, 2 * DAY), incident(0, 2 * DAY)],
      { found: 2, falseRollbacks: 0, freeDays: 28 },
    ],
    ['outside of the span', [], [incident(40 * DAY, 41 * DAY)], { incidents: 0, freeDays: 30 }],
    [
      'began before it could be seen',
      [opened(2 * DAY)],
      [incident(DAY, 3 * DAY, { began: 2 * DAY + MINUTE })],
      { timeToDetect: { median: -MINUTE, p90: -MINUTE } },
    ],
  ] as const)('%s', (_, acts, incidents, expected) => {
    expect(score(acts, incidents, [A], SPAN)).toMatchObject(expected);
  });

  it('counts the free time of every target', () => {
    const { freeDays, falsePer30Days } = score(
      [opened(DAY, B)],
      [incident(0, 10 * DAY)],
      [A, B],
      SPAN,
    );
    expect(freeDays).toBe(50);
    expect(falsePer30Days.rate).toBeCloseTo(0.6);
    expect(falsePer30Days.low).toBeCloseTo(0.0152, 4);
    expect(falsePer30Days.high).toBeCloseTo(3.343, 3);
  });

  it('knows no rate without a free day', () => {
    const all = [incident(0, 30 * DAY)];
    expect(score([], all, [A], SPAN).falsePer30Days.rate).toBe(0);
    expect(score([opened(0, B)], all, [A], SPAN).falsePer30Days.rate).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

// The table of Garwood, as R's `poisson.test` gives it.
test.each([
  [0, 0, 3.6889],
  [1, 0.0253, 5.5716],
  [2, 0.2422, 7.2247],
  [10, 4.7954, 18.3904],
  [100, 81.364, 121.6272],
  [2_000, 1913.303, 2089.622],
])('the interval of %i', (count, low, high) => {
  const interval = poissonInterval(count);
  expect(interval.low).toBeCloseTo(low, count > 1_000 ? 1 : 3);
  expect(interval.high).toBeCloseTo(high, count > 1_000 ? 1 : 3);
});
