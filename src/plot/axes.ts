import { scaleLinear, scaleLog, scaleUtc } from 'd3-scale';
import { DAY, HOUR, MINUTE, SECOND, type Instant, type Milliseconds } from '../time.ts';
import { formatValue } from './format-value.ts';
import { isMoment, type Plot } from './plot.ts';

/** Places on one axis, and what is written along it. */
export interface Axis<Value> {
  place(value: Value): number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** The time that a plot shows; a minute where there is but one moment. */
export function spanOf(plot: Plot): { readonly from: Instant; readonly until: Instant } {
  const moments = [
    ...plot.series.flatMap(({ points }) => points.map(({ at }) => at)),
    ...(plot.marks ?? []).map(({ at }) => at),
    ...(plot.bands ?? []).flatMap(({ from, until }) => [from, until]),
  ].filter(isMoment);
  const first = moments.reduce((least, at) => Math.min(least, at), Infinity);
  const last = moments.reduce((most, at) => Math.max(most, at), -Infinity);
  const from = plot.from ?? (Number.isFinite(first) ? first : 0);
  const until = plot.until ?? (Number.isFinite(last) ? last : from);
  return until > from ? { from, until } : { from, until: from + MINUTE };
}

/** The axis of time, between two places, in UTC. */
export function timeAxis(
  { from, until }: { readonly from: Instant; readonly until: Instant },
  [left, right]: readonly [number, number],
): Axis<Instant> {
  const scale = scaleUtc([from, until], [left, right]);
  const ticks = scale.ticks(Math.max(2, Math.floor((right - left) / 110)));
  const step = (ticks[1]?.getTime() ?? until) - (ticks[0]?.getTime() ?? from);
  return {
    place: (at) => scale(at),
    ticks: ticks.map((at) => ({ at: scale(at), label: timeLabel(at, step) })),
  };
}

/** What is told at a tick, by how far the next one is: seconds, minutes, the day where one begins, months. */
function timeLabel(tick: Date, step: number): string {
  const text = tick.toISOString();
  if (step >= 28 * DAY) return text.slice(0, 7);
  if (step >= DAY || tick.getTime() % DAY === 0) return text.slice(5, 10);
  return text.slice(11, step < MINUTE ? 19 : 16);
}

/** What is nearer to zero is zero: the arithmetic of scales underflows. */
const LEAST = 1e-100;

/** The axis of values, between two places: what is known of them, and every bound. */
export function valueAxis(
  { values = 'number', logarithmic = false }: Plot,
  extent: readonly [number, number],
  places: readonly [number, number],
): Axis<number> {
  const [lowest = 0, highest = 0] = extent.map((value) => (Math.abs(value) < LEAST ? 0 : value));
  if (logarithmic) {
    const top = Math.max(highest, LEAST);
    const bottom = lowest > 0 ? lowest : top / 1_000;
    const ends = bottom < top ? ([bottom, top] as const) : ([top / 10, top] as const);
    const scale = scaleLog(values === 'length' ? reaching(ends) : ends, places).clamp(true);
    if (values !== 'length') scale.nice();
    const [from = 0, to = 0] = scale.domain();
    const all = values === 'length' ? LENGTHS : powers(from, to);
    const within = all.filter((value) => value >= from && value <= to);
    const every = Math.ceil(within.length / 8);
    const ticks = within.filter((_, i) => i % every === 0);
    return {
      place: (value) => scale(Math.max(value, from)),
      ticks: ticks.map((value) => ({ at: scale(value), label: formatValue(value, values) })),
    };
  }
  // Values that reach down far are seen against zero; those that do not are seen closely.
  const near = lowest > 0 && highest - lowest < 0.3 * highest;
  const from = lowest >= 0 && !near ? 0 : lowest;
  if (values === 'length' && from === 0 && highest > 0) return lengthAxis(highest, places);
  const flat = from === highest ? Math.abs(highest) * 0.1 || 1 : 0;
  const scale = scaleLinear([from - (lowest < 0 || near ? flat : 0), highest + flat], places).nice(
    4,
  );
  return {
    place: (value) => scale(value),
    ticks: scale.ticks(4).map((value) => ({ at: scale(value), label: formatValue(value, values) })),
  };
}

/** The axis of lengths of time from zero on: a tick every so many seconds, minutes, hours or days. */
function lengthAxis(highest: number, places: readonly [number, number]): Axis<number> {
  const step = STEPS.find((one) => highest <= 6 * one) ?? highest / 4;
  const count = Math.ceil(highest / step);
  const scale = scaleLinear([0, count * step], places);
  return {
    place: (value) => scale(value),
    ticks: Array.from({ length: count + 1 }, (_, i) => ({
      at: scale(i * step),
      label: i === 0 ? '0' : formatValue(i * step, 'length'),
    })),
  };
}

const MILLISECOND = 1;

/** From tick to tick. */
const STEPS: readonly Milliseconds[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((one) => one * MILLISECOND),
  ...[1, 2, 5, 10, 15, 30].map((one) => one * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((one) => one * MINUTE),
  ...[1, 2, 3, 6, 12].map((one) => one * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((one) => one * DAY),
];

/** Lengths of time that people count in. */
const LENGTHS: readonly Milliseconds[] = [
  ...[1, 3, 10, 30, 100, 300].map((one) => one * MILLISECOND),
  ...[1, 3, 10, 30].map((one) => one * SECOND),
  ...[1, 3, 10, 30].map((one) => one * MINUTE),
  ...[1, 3, 6, 12].map((one) => one * HOUR),
  ...[1, 3, 7, 30, 90, 365].map((one) => one * DAY),
];

/** From a length that people count in to another: between two of them there would be nothing to read. */
function reaching([bottom, top]: readonly [number, number]): readonly [number, number] {
  const from = LENGTHS.findLast((length) => length <= bottom) ?? bottom;
  const to = LENGTHS.find((length) => length >= top) ?? top;
  return from < to ? [from, to] : [bottom, top];
}

/** At most six powers of ten. */
function powers(from: number, to: number): readonly number[] {
  const first = Math.floor(Math.log10(from));
  const last = Math.ceil(Math.log10(to));
  const step = Math.max(1, Math.ceil((last - first) / 6));
  return Array.from(
    { length: Math.floor((last - first) / step) + 1 },
    (_, i) => 10 ** (first + i * step),
  );
}
