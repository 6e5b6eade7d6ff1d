import { ANOMALY_DEFAULTS, createDetector } from '../../src/monitors/anomaly/detect.ts';
import { slidingMoments } from '../../src/monitors/anomaly/moments.ts';
import { classifyMetric, KAYENTA_DEFAULTS } from '../../src/monitors/canary/classify-metric.ts';
import type { Sample } from '../../src/monitors/series.ts';
import { DAY, HOUR, type Milliseconds } from '../../src/time.ts';

/** Says of each sample, by those before it alone, whether it is an anomaly. */
export type Detect = (samples: readonly Sample[]) => (sample: Sample) => boolean;

/** So many standard deviations are anomalous for every method that counts in them, ours among them. */
const BOUND = ANOMALY_DEFAULTS.levelBound;
const MIN_SAMPLES = 24;

/** After an alert a metric must be quiet for so long before the next one. The same for all. */
export const QUIET = 3 * HOUR;

/**
 * Lastgood's judge and what it is measured against, by the names of the tables. None of them says anything before the
 * warm-up is over.
 */
export function createDetectors(warmUp: Milliseconds = DAY): Readonly<Record<string, Detect>> {
  return {
    "Lastgood's anomaly judge": () => {
      const detector = createDetector({ ...ANOMALY_DEFAULTS, warmUp });
      return (sample) => detector.add(sample)?.anomalous === true;
    },
    'static threshold of the warm-up': (samples) => {
      const known = slidingMoments(Number.POSITIVE_INFINITY);
      const began = samples[0]?.at ?? 0;
      return ({ at, value }) => {
        const { mean, deviation } = known.at(at);
        if (at - began >= warmUp) return Math.abs(value - mean) > BOUND * deviation;
        known.add(at, value);
        return false;
      };
    },
    'EWMA, half-life one day': (samples) => {
      const began = samples[0]?.at ?? 0;
      let mean = samples[0]?.value ?? 0;
      let variance = 0;
      let count = 0;
      let before = began;
      return ({ at, value }) => {
        const far = Math.abs(value - mean) > BOUND * Math.sqrt(variance);
        const anomalous = at - began >= warmUp && count >= MIN_SAMPLES && far;
        const share = Math.max(1 - 0.5 ** ((at - before) / DAY), 1 / (count + 1));
        const distance = value - mean;
        mean += share * distance;
        variance = (1 - share) * (variance + share * distance ** 2);
        count += 1;
        before = at;
        return anomalous;
      };
    },
    'windowed Gaussian of one day': (samples) => {
      const began = samples[0]?.at ?? 0;
      const window = slidingMoments(DAY);
      return ({ at, value }) => {
        const { count, mean, deviation } = window.at(at);
        window.add(at, value);
        const known = at - began >= warmUp && count >= MIN_SAMPLES - 1;
        return known && Math.abs(value - mean) > BOUND * deviation;
      };
    },
    "Kayenta's judge, 12 samples against the 24 before": (samples) => {
      const began = samples[0]?.at ?? 0;
      let last: number[] = [];
      return ({ at, value }) => {
        last = [...last, value].slice(-36);
        if (at - began < warmUp || last.length < 36) return false;
        return classifyMetric(last.slice(24), last.slice(0, 24), KAYENTA_DEFAULTS).label !== 'pass';
      };
    },
  };
}

/** The samples at which a detector alerts: an anomaly after a time of quiet. */
export function alertsOf(
  detect: Detect,
  samples: readonly Sample[],
  quiet: number = QUIET,
): readonly number[] {
  const judge = detect(samples);
  const alerts: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  samples.forEach((sample, index) => {
    if (!judge(sample)) return;
    if (sample.at - last > quiet) alerts.push(index);
    last = sample.at;
  });
  return alerts;
}
