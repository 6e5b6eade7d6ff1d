import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { scoreAlerts } from './score.ts';
import type { Labelled } from './series.ts';

const START = Date.UTC(2026, 0, 1);
/** Ten days of hours, with a day of anomaly from the fourth on. */
const series: Labelled = {
  id: 'one',
  samples: Array.from({ length: 241 }, (_, i) => ({ at: START + i * HOUR, value: 0 })),
  anomalies: [{ from: START + 4 * DAY, to: START + 5 * DAY }],
  from: 0,
};
const score = (...alerts: number[]) => scoreAlerts([series], () => alerts);

describe('the score of alerts', () => {
  it('counts what was found, when, and what was false', () => {
    expect(score(10, 11, 40, 98, 99)).toMatchObject({
      hits: 1,
      of: 1,
      delays: [2 * HOUR],
      falseEvents: 2,
      freeDays: 9,
    });
  });

  it('takes an event that runs into a label for right', () => {
    expect(score(95, 96).falseEvents).toBe(0);
    expect(score(94, 96).falseEvents).toBe(1);
  });

  it('is 0 for a detector that says nothing, and 100 for a perfect one', () => {
    expect(score().nab).toBe(0);
    expect(score(96).nab).toBe(100);
    // The scaled sigmoid in the middle of the window, by hand.
    const middle = (2 / (1 + Math.exp(-5 * (13 / 25))) - 1) / (2 / (1 + Math.exp(-5)) - 1);
    expect(score(108).nab).toBeCloseTo(50 * (middle + 1), 10);
    expect(score(10, 96).nab).toBeCloseTo(100 - 5.5, 10);
  });

  it('leaves out a time of probation', () => {
    const later = { ...series, from: 100 };
    expect(scoreAlerts([later], () => [10, 98])).toMatchObject({ hits: 0, falseEvents: 0 });
    expect(scoreAlerts([later], () => []).freeDays).toBeCloseTo(10 - 100 / 24 - 20 / 24, 10);
  });

  it('knows minutes', () => {
    expect(score(97).delays).toEqual([60 * MINUTE]);
  });
});
