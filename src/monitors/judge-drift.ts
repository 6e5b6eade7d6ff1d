import type { Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Evidence, type Judgement } from './judgement.ts';
import { readWindow, type Look } from './look.ts';
import { readSeries, valuesOf, type Samples } from './series.ts';
import { kolmogorovSmirnov } from './statistics/kolmogorov-smirnov.ts';
import { binEdges, countInBins, stabilityIndex } from './statistics/population-stability.ts';

/** Bad when a distribution is no longer what it was. */
export interface DriftRule {
  readonly window: Milliseconds;
  /**
   * `psi`: the population stability index, by ten bins of the reference. `ks`: the largest distance D between the two
   * distributions, which must also be unlikely by chance (`alpha`).
   */
  readonly measure: 'psi' | 'ks';
  readonly bound: number;
  /** Samples of one metric follow each other and are not independent, so the p-value is a condition, not the bound. */
  readonly alpha: number;
  readonly minSamples: number;
}

/** Compares the values of the window with those of the reference, which lie before the release. */
export function judgeDrift(rule: DriftRule, reference: Samples, look: Look): Judgement {
  const current = readWindow(look, rule.window);
  const before = readSeries(reference, {
    from: Number.NEGATIVE_INFINITY,
    to: look.releasedAt - 1,
  });
  const unfit = whyUnfit(current, rule.minSamples);
  const none = whyUnfit(before, rule.minSamples) && 'no-baseline';
  const why = unfit ?? none;
  const evidence = (facts: Readonly<Record<string, number>> = {}) =>
    evidenceOf(current, facts, before.points.length);
  if (why) return { judge: 'drift', verdict: 'inconclusive', reason: why, evidence: evidence() };

  const [old, now] = [valuesOf(before), valuesOf(current)];
  if (rule.measure === 'ks') {
    const { d, p } = kolmogorovSmirnov(old, now);
    return verdictOn(rule, d, evidence({ p }), p < rule.alpha);
  }
  const edges = binEdges(old);
  if (edges.length === 0 && now.some((value) => value !== old[0])) {
    return {
      judge: 'drift',
      verdict: 'inconclusive',
      reason: 'no-baseline',
      evidence: evidence(),
    };
  }
  const index = stabilityIndex(countInBins(old, edges), countInBins(now, edges));
  // Even without drift the index of small samples is some (bins − 1)·(1/n + 1/m) (Yurdakul 2018).
  const byChance = edges.length * (1 / old.length + 1 / now.length);
  return verdictOn(rule, index, evidence({ byChance }), index > 2 * byChance);
}

/** Counts over the same bins, from a histogram metric; not cumulative. */
export interface Histogram {
  readonly counts: readonly number[];
}

/** As {@link judgeDrift}, of two histograms, which have lost the order of their values inside the bins. */
export function judgeHistogramDrift(
  rule: Omit<DriftRule, 'window' | 'alpha'>,
  reference: Histogram,
  current: Histogram,
  span: { readonly from: number; readonly to: number },
): Judgement {
  const count = ({ counts }: Histogram) => counts.reduce((sum, one) => sum + Math.max(0, one), 0);
  const [before, now] = [count(reference), count(current)];
  const evidence: Evidence = {
    samples: now,
    baseline: before,
    from: span.from,
    to: span.to,
    dropped: { nan: 0, infinite: 0, repeated: 0 },
    facts: { bins: reference.counts.length },
  };
  const unusable = [...reference.counts, ...current.counts].some(
    (one) => !Number.isFinite(one) || one < 0,
  );
  const reason =
    unusable || reference.counts.length !== current.counts.length
      ? 'broken-data'
      : now < rule.minSamples
        ? now === 0
          ? 'no-data'
          : 'too-few'
        : before < rule.minSamples
          ? 'no-baseline'
          : undefined;
  if (reason) return { judge: 'drift', verdict: 'inconclusive', reason, evidence };
  const value =
    rule.measure === 'psi'
      ? stabilityIndex(reference.counts, current.counts)
      : largestDistance(reference.counts, current.counts);
  return verdictOn(rule, value, evidence, true);
}

/** The largest distance between two cumulative histograms: D or a little less, as the bins hide what is inside them. */
function largestDistance(reference: readonly number[], current: readonly number[]): number {
  const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
  const [before, now] = [total(reference), total(current)];
  let [a, b, largest] = [0, 0, 0];
  reference.forEach((one, i) => {
    a += one / before;
    b += (current[i] ?? 0) / now;
    largest = Math.max(largest, Math.abs(a - b));
  });
  return largest;
}

/** Turns the cumulative buckets of a Prometheus histogram (by rising `le`, the last +Inf) into counts. */
export function countsOfBuckets(cumulative: readonly number[]): readonly number[] {
  return cumulative.map((count, i) =>
    Math.max(0, count - (i === 0 ? 0 : (cumulative[i - 1] ?? 0))),
  );
}

function verdictOn(
  { bound }: Pick<DriftRule, 'bound'>,
  value: number,
  evidence: Evidence,
  surely: boolean,
): Judgement {
  const beyond = value > bound;
  return {
    judge: 'drift',
    verdict: !beyond ? 'good' : surely ? 'bad' : 'inconclusive',
    reason: !beyond ? 'within' : surely ? 'beyond' : 'not-surely',
    value,
    bound,
    evidence,
  };
}
