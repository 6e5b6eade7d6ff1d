import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rankDifference, shiftInterval } from '../statistics/mann-whitney.ts';
import { mean, quantile } from '../statistics/descriptive.ts';
import {
  classifyMetric,
  effectOf,
  KAYENTA_DEFAULTS,
  withoutOutliers,
  type Label,
  type MetricRule,
} from './classify-metric.ts';
import { scoreMetrics } from './score-metrics.ts';

interface Reference {
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly estimate: number;
  readonly wilcoxonDiff0?: number;
  readonly meanRatio?: number | null;
  readonly cles?: number;
}

interface Vectors {
  readonly mannwhitney: readonly {
    readonly name: string;
    readonly experiment: readonly number[];
    readonly control: readonly number[];
    readonly confidenceLevel: number;
    readonly expectedAssertions: readonly string[];
    readonly expectedConstants: Readonly<Record<string, string>>;
    readonly reference: Reference;
  }[];
  readonly classifier: readonly {
    readonly name: string;
    readonly classifier: string;
    readonly experiment: readonly (number | null)[];
    readonly control: readonly (number | null)[];
    readonly tolerance: number | null;
    readonly confLevel: number | null;
    readonly effectSizeThresholds_decrease_increase: readonly [number, number] | null;
    readonly criticalThresholds_decrease_increase: readonly [number, number] | null;
    readonly effectSizeMeasure: string;
    readonly direction: string;
    readonly nanStrategy: string;
    readonly critical: boolean;
    readonly expected: { classification?: string; critical?: boolean };
    readonly reference?: Reference;
  }[];
  readonly scorer: readonly {
    readonly name: string;
    readonly groupWeights: Readonly<Record<string, number>>;
    readonly metrics: readonly (readonly [string, string, boolean])[];
    readonly score: number;
    readonly groupScores?: readonly number[];
  }[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../../fixtures/vectors/kayenta.json', import.meta.url), 'utf8'),
);

/** An interval is searched to 1e-4, step by step as the reference does it: the same to rounding errors. */
const sameAs = (value: number) => expect.closeTo(value, 10);

/** What a vector says, or anything where it says nothing. */
const given = (value: string | number | undefined, digits: number) =>
  value === undefined ? expect.anything() : expect.closeTo(Number(value), digits);

describe('the shift between two samples, by the vectors of Kayenta', () => {
  it.each(vectors.mannwhitney)('$name', (vector) => {
    const { experiment: x, control: y, reference, expectedConstants: constants } = vector;
    const got = shiftInterval(x, y, vector.confidenceLevel);
    expect(got).toEqual({
      low: sameAs(reference.ciLow),
      high: sameAs(reference.ciHigh),
      estimate: sameAs(reference.estimate),
    });
    expect(rankDifference(x, y, 0, 0)).toEqual(given(reference.wilcoxonDiff0, 10));
    const { rCiLow, rCil, rCiHigh, rCiu } = constants;
    expect(got?.low).toEqual(given(rCiLow ?? rCil, 9));
    expect(got?.high).toEqual(given(rCiHigh ?? rCiu, 9));
  });

  it('has the differences that the suite of Kayenta asserts', () => {
    const [{ experiment, control } = { experiment: [], control: [] }] = vectors.mannwhitney;
    expect(rankDifference(experiment, control, 0, 0)).toBeCloseTo(-1.229416, 6);
    expect(rankDifference(experiment, control, 5, 0)).toBeCloseTo(-35.80606, 5);
  });
});

const LABELS: Readonly<Record<string, Label>> = {
  Pass: 'pass',
  High: 'high',
  Low: 'low',
  Nodata: 'no-data',
  NodataFailMetric: 'no-data-fail',
};

describe('the class of a metric, by the vectors of Kayenta', () => {
  const numbers = (values: readonly (number | null)[]) =>
    values.map((value) => value ?? Number.NaN);

  it.each(vectors.classifier)('$name', (vector) => {
    const effects = (limits: readonly [number, number] | null) =>
      limits ? { decrease: limits[0], increase: limits[1] } : undefined;
    const allowed = effects(vector.effectSizeThresholds_decrease_increase);
    const criticalAt = effects(vector.criticalThresholds_decrease_increase);
    const directions = { Increase: 'increase', Decrease: 'decrease', Either: 'either' } as const;
    const rule: MetricRule = {
      ...KAYENTA_DEFAULTS,
      test: vector.classifier === 'MannWhitneyClassifier' ? 'ranks' : 'means',
      direction: directions[vector.direction as keyof typeof directions],
      nan: vector.nanStrategy === 'Remove' ? 'remove' : 'replace',
      critical: vector.critical,
      effect: vector.effectSizeMeasure === 'cles' ? 'cles' : 'mean-ratio',
      tolerance: vector.tolerance ?? 0.25,
      confidence: vector.confLevel ?? 0.98,
      ...(allowed && { allowed }),
      ...(criticalAt && { criticalAt }),
    };
    const [x, y] = [numbers(vector.experiment), numbers(vector.control)];
    const got = classifyMetric(x, y, rule);
    const { classification, critical } = vector.expected;
    expect(got).toMatchObject({
      label: classification === undefined ? got.label : LABELS[classification],
      critical: critical ?? got.critical,
    });
    const { reference } = vector;
    expect(got.interval).toEqual(
      reference && got.interval
        ? {
            low: sameAs(reference.ciLow),
            high: sameAs(reference.ciHigh),
            estimate: sameAs(reference.estimate),
          }
        : got.interval,
    );
  });

  const measured = vectors.classifier.filter(({ reference }) => reference !== undefined);
  it.each(measured)('has the effect sizes of $name', ({ experiment, control, reference }) => {
    const [x, y] = [numbers(experiment), numbers(control)];
    const { cles = Number.NaN, meanRatio } = reference ?? {};
    expect(effectOf(x, y, { effect: 'cles' })).toBeCloseTo(cles, 12);
    expect(effectOf(x, y, { effect: 'mean-ratio' })).toEqual(
      meanRatio === null ? Number.NaN : given(meanRatio, 12),
    );
  });

  it('compares two constant samples the same way each time', () => {
    const fives = (value: number) => Array.from({ length: 5 }, () => value);
    const rule = { ...KAYENTA_DEFAULTS, tolerance: 0.1, confidence: 0.95 };
    expect(classifyMetric(fives(10), fives(0), rule).label).toBe('high');
    expect(classifyMetric(fives(1), fives(10), rule).label).toBe('low');
    expect(classifyMetric(fives(3), fives(3), rule).label).toBe('pass');
  });

  it('says no data of what must have some, and passes what takes gaps as 0', () => {
    const some = [1, 2, 3, 4, 5];
    const label = (rule: Partial<MetricRule>) =>
      classifyMetric([], some, { ...KAYENTA_DEFAULTS, ...rule });
    expect(label({ mustHaveData: true }).label).toBe('no-data-fail');
    expect(label({ mustHaveData: true, critical: true })).toMatchObject({
      label: 'no-data',
      critical: true,
    });
    expect(label({ nan: 'replace' }).label).toBe('pass');
  });
});

describe('outliers, by the vectors of Kayenta', () => {
  it('leaves out what lies beyond the fences', () => {
    expect(withoutOutliers([21, 23, 24, 25, 50, 29, 23, 21], 1.5, false)).not.toContain(50);
    expect(withoutOutliers([21, 23, 24, 25, 50, 29, 23, 21], 1.5, false)).toHaveLength(7);
  });

  it('takes percentiles as R does', () => {
    const halves = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5];
    expect(quantile(halves, 0.05)).toBeCloseTo(0.175, 12);
    expect(mean(halves)).toBe(1.75);
  });
});

describe('the score, by the vectors of Kayenta', () => {
  it.each(vectors.scorer)('$name', (vector) => {
    const got = scoreMetrics(
      vector.metrics.map(([group, label, critical]) => ({
        groups: [group],
        label: LABELS[label] ?? 'no-data',
        critical,
      })),
      vector.groupWeights,
    );
    expect(got.score).toBe(vector.score);
    const groups = Object.values(got.groups);
    expect(groups).toEqual(vector.groupScores ?? groups);
  });
});
