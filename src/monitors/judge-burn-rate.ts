import { HOUR, MINUTE, DAY, type Instant, type Milliseconds } from '../time.ts';
import { evidenceOf, whyUnfit, type Judgement } from './judgement.ts';
import { increase, partOf, type Samples, type SeriesPart, type Span } from './series.ts';

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
  let longest = 0;
  for (const { long } of rule.windows) longest = Math.max(longest, long);
  const read = readRate(rate, { from: Math.max(at - longest, releasedAt), to: at });
  const { total, errors = total } = read;
  if ([total, errors].some((one) => whyUnfit(one, 0) === 'broken-data')) {
    const evidence = evidenceOf(total);
    return { judge: 'burn-rate', verdict: 'inconclusive', reason: 'broken-data', evidence };
  }
  let first: Burn | undefined;
  let fires: Burn | undefined;
  for (let i = 0; i < rule.windows.length && !fires; i += 1) {
    const window = rule.windows[i];
    const short = window && errorShare(read, window.short, at);
    // What a short window has, a long one has too.
    if (!window || short === undefined || countIn(total, window.short, at) < rule.minSamples)
      continue;
    const factor = burnFactor(window, rule.period);
    const bad = short > factor * allowed;
    // Hours are read only where they decide, or are told.
    if (!bad && first) continue;
    const long = errorShare(read, window.long, at);
    if (long === undefined) continue;
    const burn = { window: i, factor, long, short };
    first ??= burn;
    if (Math.min(long, short) > factor * allowed) fires = burn;
  }
  const worst = fires ?? first;
  if (!worst) {
    const reason = total.end === total.first ? 'no-data' : 'too-few';
    return { judge: 'burn-rate', verdict: 'inconclusive', reason, evidence: evidenceOf(total) };
  }
  const { window, factor, long, short } = worst;
  return {
    judge: 'burn-rate',
    verdict: fires ? 'bad' : 'good',
    reason: fires ? 'beyond' : 'within',
    value: Math.min(long, short) / allowed,
    bound: factor,
    evidence: evidenceOf(total, { window, long, short }),
  };
}

interface Burn {
  readonly window: number;
  readonly factor: number;
  readonly long: number;
  readonly short: number;
}

interface ReadRate {
  readonly total: SeriesPart;
  readonly errors?: SeriesPart;
}

function readRate(rate: ErrorRate, span: Span): ReadRate {
  if (rate.kind === 'ratio') return { total: partOf(rate.samples, span) };
  return { total: partOf(rate.total, span), errors: partOf(rate.errors, span) };
}

/**
 * The share of errors in the window before `at`; what of the window lies before the release counts as without errors.
 * No events are no errors.
 */
function errorShare(
  { total, errors }: ReadRate,
  window: Milliseconds,
  at: Instant,
): number | undefined {
  const from = Math.max(at - window, total.span.from);
  const covered = (at - from) / window;
  const first = firstFrom(total, from);
  if (!errors) {
    const { points, end } = total;
    if (first === end) return undefined;
    let sum = 0;
    for (let i = first; i < end; i += 1) sum += points[i]?.value ?? 0;
    return (covered * sum) / (end - first);
  }
  const bad = increase(errors, firstFrom(errors, from));
  const all = increase(total, first);
  if (bad === undefined || all === undefined) return undefined;
  return all === 0 ? 0 : covered * Math.min(1, bad / all);
}

function countIn(part: SeriesPart, window: Milliseconds, at: Instant): number {
  return part.end - firstFrom(part, at - window);
}

/** The index of the first point at or after a moment. */
function firstFrom({ points, first, end }: SeriesPart, at: Instant): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
