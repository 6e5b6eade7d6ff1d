import { expect, test } from 'vitest';
import { DAY } from '../time.ts';
import type { DrillRecord } from './drill.ts';
import { scheduleOf } from './schedule.ts';

const past = (...drills: readonly (readonly [number, DrillRecord['outcome']])[]): DrillRecord[] =>
  drills.map(([day, outcome]) => ({
    target: 'production/fraud',
    startedAt: day * DAY,
    endedAt: day * DAY + 1,
    outcome,
    results: [],
  }));

test.each([
  ['never', past(), undefined],
  ['weekly', past(), [107, 108.75]],
  ['monthly', past(), [130, 137.5]],
  ['quarterly', past(), [191, 213.75]],
  ['monthly', past([110, 'passed']), [140, 147.5]],
  ['monthly', past([110, 'passed'], [140, 'failed']), [170, 177.5]],
  // One that was given up shows nothing.
  ['monthly', past([110, 'passed'], [140, 'given-up']), [140, 147.5]],
  ['monthly', past([110, 'given-up']), [130, 137.5]],
] as const)('%s after %j', (every, drills, expected) => {
  const found = scheduleOf(every, { noted: 100 * DAY, past: drills });
  expect(found && [found.dueAt / DAY, found.overdueAt / DAY]).toEqual(expected);
});
