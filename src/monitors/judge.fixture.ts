import { MINUTE, type Instant } from '../time.ts';
import { KAYENTA_DEFAULTS } from './canary/classify-metric.ts';
import { ANOMALY_DEFAULTS } from './anomaly/detect.ts';
import { judgeAnomaly } from './judge-anomaly.ts';
import { judgeBurnRate, BURN_WINDOWS } from './judge-burn-rate.ts';
import { judgeCanary } from './judge-canary.ts';
import { CHANGE_POINT_DEFAULTS, judgeChangePoint } from './judge-change-point.ts';
import { judgeDrift } from './judge-drift.ts';
import { judgeEarlyWarning } from './judge-early-warning.ts';
import { judgeImpact } from './judge-impact.ts';
import { judgeRegression } from './judge-regression.ts';
import { judgeShare } from './judge-share.ts';
import { judgeThreshold } from './judge-threshold.ts';
import type { Judgement } from './judgement.ts';
import type { Look } from './look.ts';
import type { Sample } from './series.ts';

/** The suspect release of the tests. */
export const RELEASED: Instant = Date.UTC(2026, 10, 20, 2, 0);
/** A moment of evaluation, half an hour later. */
export const NOW: Instant = RELEASED + 30 * MINUTE;

/** Samples a minute apart, the last at `to`. */
export function minutes(values: readonly number[], to: Instant = NOW): Sample[] {
  return values.map((value, i) => ({ at: to - (values.length - 1 - i) * MINUTE, value }));
}

/** So many times the same value. */
export function steady(value: number, length: number): number[] {
  return Array.from({ length }, () => value);
}

/** Values around a level that do not repeat too soon: no randomness, and no constant. */
export function lively(level: number, spread: number, length: number): number[] {
  return Array.from({ length }, (_, i) => level + spread * Math.sin(i * 2.399));
}

/** What was before the release, for judges that compare. */
export const BEFORE = minutes(lively(100, 3, 200), RELEASED - MINUTE);

const MINUTES_30 = 30 * MINUTE;
const mean = { kind: 'mean' } as const;

/** Every judge with rules as a policy would have them, over the same look. */
export const JUDGES: Readonly<
  Record<string, (look: Look, baseline?: readonly Sample[]) => Judgement>
> = {
  threshold: (look) =>
    judgeThreshold(
      { window: MINUTES_30, statistic: mean, bad: { kind: 'greater', than: 120 }, minSamples: 3 },
      look,
    ),
  rate: (look) =>
    judgeThreshold(
      {
        window: MINUTES_30,
        statistic: { kind: 'rate' },
        bad: { kind: 'outside', low: 0, high: 1 },
        minSamples: 3,
      },
      look,
    ),
  regression: (look, baseline = BEFORE) =>
    judgeRegression(
      {
        window: MINUTES_30,
        statistic: { kind: 'quantile', quantile: 0.5 },
        limit: { kind: 'ratio', amount: 1.5, worse: 'higher' },
        minSamples: 3,
      },
      { kind: 'last-good', samples: baseline },
      look,
    ),
  'same time': (look, baseline = BEFORE) =>
    judgeRegression(
      {
        window: MINUTES_30,
        statistic: mean,
        limit: { kind: 'relative', amount: 0.2, worse: 'higher' },
        minSamples: 3,
      },
      { kind: 'same-time', samples: baseline, days: 5 },
      look,
    ),
  canary: (look, baseline = minutes(lively(100, 3, 30))) =>
    judgeCanary(
      {
        window: MINUTES_30,
        pass: 95,
        marginal: 75,
        weights: {},
        minSamples: 10,
        silentAfter: 8 * MINUTE,
      },
      {
        ...look,
        metrics: [
          {
            name: 'latency',
            groups: ['all'],
            rule: KAYENTA_DEFAULTS,
            canary: look.samples,
            stable: baseline,
          },
        ],
      },
    ),
  'burn rate': (look) =>
    judgeBurnRate(
      { objective: 0.99, period: 30 * 1440 * MINUTE, windows: BURN_WINDOWS, minSamples: 3 },
      { kind: 'ratio', samples: look.samples },
      look,
    ),
  psi: (look, baseline = BEFORE) =>
    judgeDrift(
      { window: MINUTES_30, measure: 'psi', bound: 0.25, alpha: 0.001, minSamples: 20 },
      baseline,
      look,
    ),
  ks: (look, baseline = BEFORE) =>
    judgeDrift(
      { window: MINUTES_30, measure: 'ks', bound: 0.3, alpha: 0.001, minSamples: 20 },
      baseline,
      look,
    ),
  'change point': (look, baseline = BEFORE) =>
    judgeChangePoint(
      { ...CHANGE_POINT_DEFAULTS, reference: 300 * MINUTE, worse: 'either' },
      baseline,
      look,
    ),
  anomaly: (look, baseline = BEFORE) =>
    judgeAnomaly(
      { ...ANOMALY_DEFAULTS, warmUp: 120 * MINUTE, window: 5 * MINUTE, trustAfter: 1440 * MINUTE },
      baseline,
      look,
    ),
  'early warning': (look) =>
    judgeEarlyWarning(
      {
        window: MINUTES_30,
        bound: 120,
        worse: 'higher',
        horizon: 60 * MINUTE,
        confidence: 0.9,
        minSamples: 10,
      },
      look,
    ),
  share: (look, baseline = minutes(Array.from({ length: 30 }, (_, i) => i * 1_000))) =>
    judgeShare({ window: MINUTES_30, bound: 0.02, confidence: 0.95 }, baseline, look),
  impact: (look, baseline = BEFORE) =>
    judgeImpact(
      {
        kind: 'per-minute',
        window: MINUTES_30,
        price: 2,
        worse: 'lower',
        bound: 50,
        minSamples: 3,
      },
      baseline,
      look,
    ),
};
