import { describe, expect, it, test } from 'vitest';
import { BUDGET_ROWS } from '../../fixtures/decision/budget-rows.ts';
import { input } from '../../fixtures/decision/input.ts';
import { OPENING_ROWS } from '../../fixtures/decision/opening-rows.ts';
import { RESTRICTION_ROWS } from '../../fixtures/decision/restriction-rows.ts';
import { decide, DECIDE_REASONS } from './decide.ts';

const ROWS = [...OPENING_ROWS, ...RESTRICTION_ROWS, ...BUDGET_ROWS];

describe('decide', () => {
  test.each(ROWS)('$title', ({ change, act, reason, facts, also, recheckAt }) => {
    const decision = decide({ ...input, ...change });
    expect(decision).toMatchObject({ act, reason, ...(facts && { facts }) });
    expect(decision.also).toEqual(also);
    expect(decision.recheckAt).toBe(recheckAt);
  });

  it('has a row for each of its reasons', () => {
    const shown = new Set(ROWS.map((row) => row.reason));
    expect([...shown].sort()).toEqual([...DECIDE_REASONS].sort());
  });
});
