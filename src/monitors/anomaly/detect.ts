import { DAY, HOUR, type Instant, type Milliseconds } from '../../time.ts';
import type { Sample } from '../series.ts';
import { median } from '../statistics/descriptive.ts';
import { rememberExcursions, type Excursions } from './excursions.ts';
import { slidingMoments } from './moments.ts';
import { recentSamples, type Recent } from './recent.ts';

/** When a value is an anomaly, without a threshold that anybody set. */
export interface AnomalyRule {
  /** What is usual is learned from so much time. */
  readonly memory: Milliseconds;
  /** Nothing is said before so much time and so many samples. */
  readonly warmUp: Milliseconds;
  readonly minSamples: number;
  /** Standard deviations from the mean of the memory. */
  readonly levelBound: number;
  /** Standard deviations from the same time on previous days, where the days explain the metric. */
  readonly seasonBound: number;
  /** Standard deviations of the median of the last hour from the mean of the memory. */
  readonly shiftBound: number;
  /** An excursion is usual once so many went at least nearly as far (`likeness`) within the memory. */
  readonly familiar: number;
  readonly likeness: number;
  /** A value is learned as at most so many standard deviations out, so that one spike does not hide the next. */
  readonly clip: number;
}

/** One set for every metric; docs/judges.md says why each is what it is, and how they were measured. */
export const ANOMALY_DEFAULTS: AnomalyRule = {
  memory: 7 * DAY,
  warmUp: DAY,
  minSamples: 24,
  levelBound: 4.5,
  seasonBound: 6,
  shiftBound: 3,
  familiar: 2,
  likeness: 0.8,
  clip: 8,
};

const VIEWS = ['level', 'season', 'shift'] as const;
/** How a value was looked at. */
export type View = (typeof VIEWS)[number];

/** How far a value stands from what is usual. */
export interface Reading {
  readonly at: Instant;
  /** The view in which it stands out most, for its bound. */
  readonly view: View;
  /** Standard deviations in that view, and the bound there. */
  readonly distance: number;
  readonly bound: number;
  /** Beyond a bound, and not as others before. */
  readonly anomalous: boolean;
}

export interface Detector {
  /** Judges a sample by those learned before it, then learns it. Undefined while too little is known. */
  readonly add: (sample: Sample) => Reading | undefined;
  /** Judges a sample without learning it: what a suspect release brought is not usual because it goes on. */
  readonly read: (sample: Sample) => Reading | undefined;
  /**
   * Reads samples that come later than those it has taken, and forgets that it did. `recent` holds every sample before
   * them, learned or not, and is as it was afterwards; `began` is when the first of all was.
   */
  readonly peek: (
    samples: readonly Sample[],
    recent: Recent,
    began: Instant,
  ) => readonly (Reading | undefined)[];
}

/** What a detector has to know of the samples before one. */
export function recentFor(rule: AnomalyRule): Recent {
  return recentSamples(Math.max(rule.memory, (MOST_DAYS + 1) * DAY));
}

interface Seen {
  readonly view: View;
  /** In standard deviations, and in the metric's unit. */
  readonly distance: number;
  readonly amount: number;
}

/** So many previous days say what is usual at a time of day, and at least so many. */
const MOST_DAYS = 7;
const FEWEST_DAYS = 3;
/** The days explain a metric if what they leave has at most this part of its variance. */
const UNEXPLAINED = 0.25;
/** The deviation from the days counts as at least this part of the metric's own: a perfect day is none. */
const FLOOR = 0.05;
/** The median of a shift is of so much time, and at least so many samples. */
const SHIFT_TIME = HOUR;
const SHIFT_SAMPLES = 6;
/** From this part of a bound on a value is an excursion, and remembered. */
const NOTED = 0.7;
/** A metric that never moved stands this far out when it does. */
const FARTHEST = 1e6;

/**
 * Watches one metric, sample by sample in the order of time, and never looks ahead.
 *
 * Three views on the same value, each in standard deviations of what is usual: its level against the mean of a week;
 * its distance from the same time on previous days, if those explain most of it; the last hour's median against the
 * mean of the week, for shifts that no single value shows. A value beyond a bound is an anomaly unless excursions like
 * it are known.
 */
export function createDetector(rule: AnomalyRule): Detector {
  const level = slidingMoments(rule.memory);
  const season = slidingMoments(rule.memory);
  const seasonSquares = slidingMoments(rule.memory);
  const all = recentFor(rule);
  const memories = new Map<View, Excursions>();
  let first: Instant | undefined;

  const lookAt = (
    { at, value }: Sample,
    { recent, began }: { readonly recent: Recent; readonly began: Instant },
    step: Milliseconds,
    residual?: number,
  ): Seen[] => {
    const { count, mean, deviation } = level.at(at);
    if (at - began < rule.warmUp || count < rule.minSamples) return [];
    const amount = Math.abs(value - mean);
    const seen: Seen[] = [{ view: 'level', amount, distance: inDeviations(amount, deviation) }];
    if (residual !== undefined) {
      const left = season.at(at);
      const explained = seasonSquares.at(at).mean < UNEXPLAINED * deviation ** 2;
      if (explained && left.count >= Math.max(rule.minSamples, DAY / step)) {
        const usual = left.deviation + FLOOR * deviation;
        const off = Math.abs(residual);
        seen.push({ view: 'season', amount: off, distance: inDeviations(off, usual) });
      }
    }
    const width = Math.max(SHIFT_SAMPLES, Math.round(SHIFT_TIME / step));
    const before = at - began >= 2 * DAY ? recent.last(width - 1) : undefined;
    if (before && deviation > 0) {
      const off = Math.abs(median([...before, value]) - mean);
      seen.push({ view: 'shift', amount: off, distance: off / deviation });
    }
    return seen;
  };

  const judge = (
    at: Instant,
    seen: readonly Seen[],
    step: Milliseconds,
    learn: boolean,
  ): Reading | undefined => {
    let most: Reading | undefined;
    for (const { view, distance, amount } of seen) {
      const bound = boundOf(rule, view);
      const memory =
        memories.get(view) ??
        rememberExcursions({
          memory: rule.memory,
          likeness: rule.likeness,
          gap: Math.max(HOUR, 2 * step),
        });
      memories.set(view, memory);
      const anomalous = distance >= bound && memory.like(at, amount) < rule.familiar;
      if (learn && distance >= NOTED * bound) memory.note(at, amount);
      const reading = { at, view, distance, bound, anomalous };
      if (!most || more(reading, most)) most = reading;
    }
    return most;
  };

  const learn = ({ at, value }: Sample, residual?: number) => {
    const { count, mean, deviation } = level.at(at);
    const reach = rule.clip * deviation;
    const known = count >= rule.minSamples && deviation > 0;
    level.add(at, known ? clamp(value, mean - reach, mean + reach) : value);
    if (residual === undefined) return;
    season.add(at, residual);
    seasonSquares.add(at, residual ** 2);
  };

  const take = (
    sample: Sample,
    context: { readonly recent: Recent; readonly began: Instant },
    learns: boolean,
  ): Reading | undefined => {
    const { at, value } = sample;
    const { recent } = context;
    const step = recent.step();
    const days = recent.sameTime(at, MOST_DAYS);
    const residual = days.length >= FEWEST_DAYS ? value - median(days) : undefined;
    const seen = step === undefined ? undefined : lookAt(sample, context, step, residual);
    const reading = seen && step !== undefined ? judge(at, seen, step, learns) : undefined;
    if (learns) learn(sample, residual);
    recent.add(sample);
    return reading;
  };
  const next = (sample: Sample, learns: boolean): Reading | undefined => {
    first ??= sample.at;
    return take(sample, { recent: all, began: first }, learns);
  };

  return {
    add: (sample) => next(sample, true),
    read: (sample) => next(sample, false),
    peek(samples, recent, began) {
      const known = [...memories];
      const marked = [level, season, seasonSquares, recent, ...memories.values()];
      const back = marked.map((one) => one.mark());
      const readings = samples.map((sample) => take(sample, { recent, began }, false));
      for (const undo of back) undo();
      memories.clear();
      for (const [view, memory] of known) memories.set(view, memory);
      return readings;
    },
  };
}

function boundOf(rule: AnomalyRule, view: View): number {
  switch (view) {
    case 'level':
      return rule.levelBound;
    case 'season':
      return rule.seasonBound;
    case 'shift':
      return rule.shiftBound;
  }
}

function inDeviations(amount: number, deviation: number): number {
  if (amount === 0) return 0;
  return deviation > 0 ? Math.min(FARTHEST, amount / deviation) : FARTHEST;
}

/** An anomaly before none; else what is nearer to its bound. */
function more(one: Reading, other: Reading): boolean {
  if (one.anomalous !== other.anomalous) return one.anomalous;
  return one.distance / one.bound > other.distance / other.bound;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
