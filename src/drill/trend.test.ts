import { expect, test } from 'vitest';
import type { DrillRecord, PhaseResult } from './drill.ts';
import { trendOf } from './trend.ts';

const drill = (
  outcome: DrillRecord['outcome'],
  took: number,
  propose: number,
  failed?: true,
): DrillRecord => {
  const result: PhaseResult = {
    phase: 'propose',
    outcome: failed ? 'failed' : 'passed',
    finding: '',
    took: propose,
  };
  return { target: 'a/b', startedAt: 1000, endedAt: 1000 + took, outcome, results: [result] };
};

test.each([
  ['without any', [], undefined],
  ['given up', [drill('given-up', 1, 1)], undefined],
  [
    'the first one',
    [drill('passed', 10, 4)],
    {
      drills: 1,
      passed: 1,
      inARow: 1,
      took: { took: 10 },
      phases: [{ phase: 'propose', took: 4 }],
    },
  ],
  [
    'the medians of the earlier ones, without failures',
    [
      drill('passed', 10, 4),
      drill('failed', 999, 0, true),
      drill('given-up', 5, 5),
      drill('passed', 20, 6),
      drill('passed', 40, 9),
    ],
    {
      drills: 4,
      passed: 3,
      inARow: 2,
      took: { took: 40, usual: 15 },
      phases: [{ phase: 'propose', took: 9, usual: 5 }],
    },
  ],
  [
    'one that failed',
    [drill('passed', 10, 4), drill('failed', 3, 1, true)],
    { drills: 2, passed: 1, inARow: 1, took: { took: 3, usual: 10 }, phases: [] },
  ],
] as const)('%s', (_, past, expected) => expect(trendOf(past)).toEqual(expected));
