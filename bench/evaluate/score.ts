import { wilson } from '../../src/monitors/statistics/wilson.ts';
import { quantile } from '../../src/monitors/statistics/descriptive.ts';
import { DAY, HOUR, MINUTE, type Milliseconds } from '../../src/time.ts';
import type { Labelled } from './series.ts';

/** What became of the alerts on some labelled series. */
export interface Score {
  readonly hits: number;
  readonly of: number;
  /** From the start of an anomaly to the first alert inside it, for those found. */
  readonly delays: readonly Milliseconds[];
  readonly falseEvents: number;
  /** The time outside of all labels, in days. */
  readonly freeDays: number;
  /** 100 is perfect, 0 is a detector that says nothing. */
  readonly nab: number;
}

/** Alerts at most so far apart are one event. */
const MERGE = HOUR;

/** Scores the alerts on each series, given as indexes of samples. */
export function scoreAlerts(
  all: readonly Labelled[],
  alertsOf: (series: Labelled) => readonly number[],
): Score {
  const delays: Milliseconds[] = [];
  let of = 0;
  let falseEvents = 0;
  let free = 0;
  let raw = 0;
  for (const series of all) {
    const alerts = alertsOf(series).filter((index) => index >= series.from);
    const found = windowsOf(series).map((window) => {
      const first = alerts.find((index) => index >= window.first && index <= window.last);
      if (first !== undefined) delays.push(timeOf(series, first) - window.start);
      return { window, first };
    });
    of += found.length;
    raw += nabScore(series, alerts);
    falseEvents += countFalse(series, alerts);
    free += freeTime(series);
  }
  return {
    hits: delays.length,
    of,
    delays,
    falseEvents,
    freeDays: free / DAY,
    nab: (100 * (raw + of)) / (2 * of),
  };
}

interface Window {
  readonly start: number;
  /** The first and the last sample inside. */
  readonly first: number;
  readonly last: number;
}

function windowsOf({ samples, anomalies }: Labelled): Window[] {
  return anomalies.map(({ from, to }) => ({
    start: from,
    first: samples.findIndex(({ at }) => at >= from),
    last: samples.findLastIndex(({ at }) => at <= to),
  }));
}

/** Events none of whose alerts lies inside a label. */
function countFalse({ samples, anomalies }: Labelled, alerts: readonly number[]): number {
  const times = alerts.map((index) => samples[index]?.at ?? 0);
  const inside = (at: number) => anomalies.some(({ from, to }) => at >= from && at <= to);
  let events = 0;
  let last = Number.NEGATIVE_INFINITY;
  let right = true;
  for (const at of times) {
    if (at - last > MERGE) {
      if (!right) events += 1;
      right = false;
    }
    right ||= inside(at);
    last = at;
  }
  return right ? events : events + 1;
}

function freeTime({ samples, anomalies, from }: Labelled): Milliseconds {
  const start = samples[from]?.at ?? 0;
  const end = samples.at(-1)?.at ?? start;
  const labelled = anomalies.reduce(
    (sum, window) => sum + Math.max(0, Math.min(window.to, end) - Math.max(window.from, start)),
    0,
  );
  return Math.max(0, end - start - labelled);
}

/**
 * The score of the Numenta Anomaly Benchmark, standard profile (numenta/NAB ea702d75, nab/sweeper.py): the first alert
 * in a window counts the more the earlier it comes, a missed window costs 1, and an alert outside costs 0.11, less if
 * it follows shortly after a window.
 */
function nabScore(series: Labelled, alerts: readonly number[]): number {
  const windows = windowsOf(series);
  let score = 0;
  for (const { first, last } of windows) {
    const hit = alerts.find((index) => index >= first && index <= last);
    const width = last - first + 1;
    score += hit === undefined ? -1 : sigmoid(-(last - hit + 1) / width) / sigmoid(-1);
  }
  for (const index of alerts) {
    if (windows.some(({ first, last }) => index >= first && index <= last)) continue;
    const before = windows.findLast(({ last }) => last < index);
    const after = before && (index - before.last) / (before.last - before.first);
    score += 0.11 * (after === undefined ? -1 : sigmoid(after));
  }
  return score;
}

/** From 1 far before the end of a window to -1 far behind it. */
function sigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

function timeOf({ samples }: Labelled, index: number): number {
  return samples[index]?.at ?? 0;
}

/** The cells of a score for a table: found, recall with its interval, delays, false events per 30 days. */
export function cellsOf(score: Pick<Score, 'hits' | 'of' | 'delays' | 'falseEvents' | 'freeDays'>) {
  const { low, high } = wilson(score.hits, score.of);
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return [
    `${score.hits} of ${score.of}`,
    `${percent(score.hits / score.of)} (${percent(low)} – ${percent(high)})`,
    minutesAt(score.delays, 0.5),
    minutesAt(score.delays, 0.9),
    score.falseEvents,
    ((30 * score.falseEvents) / score.freeDays).toFixed(2),
  ];
}

export const COLUMNS = [
  'found',
  'recall (95 %)',
  'median min',
  'p90 min',
  'false events',
  'per 30 days',
] as const;

/** A dash where nothing was found. */
function minutesAt(delays: readonly Milliseconds[], share: number): string {
  return delays.length === 0 ? '–' : (quantile(delays, share) / MINUTE).toFixed(1);
}
