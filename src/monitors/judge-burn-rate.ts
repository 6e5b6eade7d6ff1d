import { HOUR, MINUTE, DAY, type Instant, type Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { increase, readSeries, type Samples, type Series } from './series.ts';

/** Two windows and the part of the error budget that the long one may burn. */
export interface BurnWindow {
  readonly short: Milliseconds;
  readonly long: Milliseconds;
  /** The part of the whole period's budget: 0.02 is 2 %. */
  readonly budget: number;
}

/** The windows of the SRE workbook (sre.google/workbook/alerting-on-slos). The first two page, the last two are for tickets. */
export const BURN_WINDOWS: readonly BurnWindow[] = [
  { short: 5 * MINUTE, long: HOUR, budget: 0.02 },
  { short: 30 * MINUTE, long: 6 * HOUR, budget: 0.05 },
  { short: 2 * HOUR, long: DAY, budget: 0.1 },
  { short: 6 * HOUR, long: 3 * DAY, budget: 0.1 },
];

export interface BurnRateRule {
  /** The share of good events that is promised, 0.999. */
  readonly objective: number;
  readonly period: Milliseconds;
  readonly windows: readonly BurnWindow[];
  readonly minSamples: number;
}

/** Errors and all events as counters, or the share of errors as it was measured. */
export type ErrorRate =
  | {
      readonly kind: 'counters';
      readonly errors: Samples;
      readonly total: Samples;
    }
  | { readonly kind: 'ratio'; readonly samples: Samples };

/** How many times faster than evenly the budget burns when `budget` of it is gone within the long window. */
export function burnFactor({ budget, long }: BurnWindow, period: Milliseconds): number {
  return (budget * period) / long;
}

/**
 * Bad when, in one pair of windows, both burn the error budget faster than the pair allows: the long one says that it
 * matters, the short one that it still goes on. Time before the release counts as free of errors, so that nothing
 * from before it speaks against it, and right after it a short burst is not taken for a whole window of errors.
 */
export function judgeBurnRate(
  rule: BurnRateRule,
  rate: ErrorRate,
  { at, releasedAt }: { readonly at: Instant; readonly releasedAt: Instant },
): Judgement {
  const allowed = 1 - rule.objective;
  const longest = Math.max(...rule.windows.map(({ long }) => long));
  const span = { from: Math.max(at - longest, releasedAt), to: at };
  const read = readRate(rate, span);
  const { series, errors = series } = read;
  if ([series, errors].some((one) => whyUnfit(one, 0) === 'broken-data')) {
    const evidence = evidenceOf(series);
    return { judge: 'burn-rate', verdict: 'inconclusive', reason: 'broken-data', evidence };
  }
  const burns = rule.windows.map((window) => {
    const factor = burnFactor(window, rule.period);
    const long = errorShare(read, window.long, at);
    const short = errorShare(read, window.short, at);
    const enough = countIn(series, window.short, at) >= rule.minSamples;
    const fires =
      enough &&
      long !== undefined &&
      short !== undefined &&
      Math.min(long, short) > factor * allowed;
    return { factor, long, short, enough, fires };
  });
  const worst =
    burns.find(({ fires }) => fires) ??
    burns.find(({ long, short, enough }) => enough && long !== undefined && short !== undefined);
  if (!worst) {
    const reason = series.points.length === 0 ? 'no-data' : 'too-few';
    return { judge: 'burn-rate', verdict: 'inconclusive', reason, evidence: evidenceOf(series) };
  }
  const facts = { window: burns.indexOf(worst), long: worst.long, short: worst.short };
  return {
    judge: 'burn-rate',
    verdict: worst.fires ? 'bad' : 'good',
    reason: worst.fires ? 'beyond' : 'within',
    value: Math.min(worst.long ?? 0, worst.short ?? 0) / allowed,
    bound: worst.factor,
    evidence: evidenceOf(series, facts),
  };
}

interface ReadRate {
  readonly series: Series;
  readonly errors?: Series;
}

function readRate(rate: ErrorRate, span: { from: Instant; to: Instant }): ReadRate {
  if (rate.kind === 'ratio') return { series: readSeries(rate.samples, span) };
  return { series: readSeries(rate.total, span), errors: readSeries(rate.errors, span) };
}

/**
 * The share of errors in the window before `at`; what of the window lies before the release counts as without errors.
 * No events are no errors. The points are read where they are: a look at some hours is taken every half minute.
 */
function errorShare(
  { series, errors }: ReadRate,
  window: Milliseconds,
  at: Instant,
): number | undefined {
  const from = Math.max(at - window, series.span.from);
  const covered = (at - from) / window;
  const first = firstFrom(series, from);
  if (!errors) {
    const { points } = series;
    if (first === points.length) return undefined;
    let sum = 0;
    for (let i = first; i < points.length; i += 1) sum += points[i]?.value ?? 0;
    return (covered * sum) / (points.length - first);
  }
  const bad = increase(errors, firstFrom(errors, from));
  const all = increase(series, first);
  if (bad === undefined || all === undefined) return undefined;
  return all === 0 ? 0 : covered * Math.min(1, bad / all);
}

function countIn(series: Series, window: Milliseconds, at: Instant): number {
  return series.points.length - firstFrom(series, at - window);
}

/** The index of the first point at or after a moment. */
function firstFrom({ points }: Series, at: Instant): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
