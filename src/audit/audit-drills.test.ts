import { expect, test } from 'vitest';
import type { DrillRecord } from '../drill/drill.ts';
import { auditDrills } from './audit-drills.ts';

const drill = (target: string, endedAt: number, outcome: DrillRecord['outcome']): DrillRecord => ({
  target,
  startedAt: endedAt - 1_000 * endedAt,
  endedAt,
  outcome,
  results: [],
});

test('drills are counted by target and outcome, within the period only', () => {
  const drills = [
    drill('production/b', 5, 'passed'),
    drill('production/a', 4, 'failed'),
    drill('production/a', 2, 'passed'),
    drill('production/a', 3, 'given-up'),
    drill('production/a', 9, 'passed'),
  ];
  const found = auditDrills(drills, (at) => at < 9);
  expect(found).toMatchObject([
    {
      target: 'production/a',
      drills: 3,
      passed: 1,
      failed: 1,
      givenUp: 1,
      last: { at: 4, outcome: 'failed' },
    },
    {
      target: 'production/b',
      drills: 1,
      passed: 1,
      failed: 0,
      givenUp: 0,
      last: { at: 5, outcome: 'passed' },
    },
  ]);
  expect(found[0]?.took?.p50).toBe(2_000);
});
