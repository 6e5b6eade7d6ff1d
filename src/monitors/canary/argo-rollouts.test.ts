import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  assessMetric,
  countMeasurement,
  NO_COUNTS,
  phaseOfMeasurement,
  worstPhase,
  type Limits,
} from './argo-rollouts.ts';

interface Vectors {
  readonly assess: readonly {
    readonly test: string;
    readonly metric: Omit<Limits, 'repeated'> & { readonly interval?: string };
    readonly result: Partial<typeof NO_COUNTS>;
    readonly running: string;
    readonly terminating?: string;
  }[];
  readonly severityOrder: readonly string[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../../fixtures/vectors/argo-rollouts.json', import.meta.url), 'utf8'),
);

describe('where a metric stands, by the vectors of Argo Rollouts', () => {
  it.each(vectors.assess)('$test: $result', ({ metric, result, running, terminating }) => {
    const { interval, ...limits } = metric;
    const rule: Limits = { ...limits, repeated: interval !== undefined };
    const counts = { ...NO_COUNTS, ...result };
    expect(assessMetric(counts, rule)).toBe(running.toLowerCase());
    const ended = assessMetric(counts, rule, true);
    expect(ended).toBe(terminating?.toLowerCase() ?? ended);
  });

  it('needs one failure more than the limit, as the code has it and its page does not', () => {
    const counts = { ...NO_COUNTS, failed: 3, count: 3 };
    expect(assessMetric(counts, { failureLimit: 3, repeated: true })).toBe('running');
    expect(assessMetric({ ...counts, failed: 4 }, { failureLimit: 3, repeated: true })).toBe(
      'failed',
    );
  });

  it('fails at the end with a success limit alone, and never with limits that are off', () => {
    const counts = { ...NO_COUNTS, failed: 9, successful: 1, count: 10 };
    const limits = { failureLimit: -1, consecutiveSuccessLimit: 3, count: 10 };
    expect(assessMetric(counts, limits)).toBe('failed');
    expect(assessMetric(counts, { failureLimit: -1, repeated: true })).toBe('running');
  });
});

describe('a measurement', () => {
  it.each([
    [{}, 'successful'],
    [{ success: true }, 'successful'],
    [{ success: false }, 'failed'],
    [{ failure: true }, 'failed'],
    [{ failure: false }, 'successful'],
    [{ success: true, failure: true }, 'failed'],
    [{ success: true, failure: false }, 'successful'],
    [{ success: false, failure: false }, 'inconclusive'],
    [{ success: true, error: true }, 'error'],
  ] as const)('%j is %s', (conditions, phase) => {
    expect(phaseOfMeasurement(conditions)).toBe(phase);
  });

  it('counts, and an error is taken again', () => {
    const once = countMeasurement(NO_COUNTS, 'successful');
    const failed = countMeasurement(once, 'error');
    expect(failed).toMatchObject({ count: 1, successful: 1, error: 1, consecutiveError: 1 });
    expect(failed.consecutiveSuccess).toBe(0);
    expect(countMeasurement(failed, 'inconclusive')).toMatchObject({
      count: 2,
      consecutiveError: 0,
    });
  });

  it('makes a run as bad as the worst', () => {
    const phases = vectors.severityOrder.map((phase) => phase.toLowerCase());
    expect(phases).toEqual(['successful', 'running', 'pending', 'inconclusive', 'error', 'failed']);
    expect(worstPhase(['running', 'error', 'inconclusive'])).toBe('error');
    expect(worstPhase([])).toBe('successful');
  });
});
