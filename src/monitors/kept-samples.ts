import type { Instant } from '../time.ts';
import type { Sample, Series, SeriesPart, Span } from './series.ts';

/**
 * The samples of one series that a monitor keeps, in plain data that is written to the store as it is. Samples are
 * mostly added at the end and looked at near it: both cost the same however many there are.
 *
 * Properties: the same samples in any order, however often each comes, are kept as the same data, as long as none comes
 * later than it is forgotten. Read, they are the series that {@link readSeries} makes of the same samples, but that a
 * sample that only came again is not counted as repeated.
 */
export interface KeptSamples {
  /** Finite, oldest first, one for each moment. */
  points: Sample[];
  /** Moments of samples that are no number, and of infinite ones; oldest first. */
  nan: Instant[];
  infinite: Instant[];
  /** The different values of a moment that has several, whose mean is kept above. By the moment. */
  several: Record<string, number[]>;
}

/** The most samples that are kept of one series: two weeks of a sample each minute, and some. */
export const MOST_KEPT = 20_500;

/** The most different values that are kept of one moment, the smallest: whoever sends more sends no measurements. */
export const MOST_OF_A_MOMENT = 16;

export function keepNone(): KeptSamples {
  return { points: [], nan: [], infinite: [], several: {} };
}

/** Adds a sample. Changes `kept`, which belongs to the caller. */
export function keep(kept: KeptSamples, sample: Sample): void {
  const { at, value } = sample;
  if (!Number.isFinite(at)) return;
  if (Number.isNaN(value)) return note(kept.nan, at);
  if (!Number.isFinite(value)) return note(kept.infinite, at);
  const { points } = kept;
  const last = points[points.length - 1];
  if (!last || at > last.at) {
    points.push(sample);
    return;
  }
  const index = firstFrom(points, at);
  const known = points[index];
  if (known?.at !== at) {
    points.splice(index, 0, sample);
    edit(kept);
    return;
  }
  const values = kept.several[at] ?? [known.value];
  if (values.includes(value)) return;
  // In one order, so that the mean is the same to the last digit whichever came first; and the same ones are kept.
  const all = [...values, value].sort((a, b) => a - b).slice(0, MOST_OF_A_MOMENT);
  kept.several[at] = all;
  points[index] = { at, value: all.reduce((sum, one) => sum + one, 0) / all.length };
  edit(kept);
}

/** Forgets what is older than a moment, now and then, and what is more than `most`. Changes `kept`. */
export function forget(kept: KeptSamples, before: Instant, most: number = MOST_KEPT): void {
  const { points, nan, infinite } = kept;
  for (const moments of [nan, infinite]) {
    const old = oldOf(moments.length, (i) => moments[i], before, most);
    if (old > 0) moments.splice(0, old);
  }
  const old = oldOf(points.length, (i) => points[i]?.at, before, most);
  if (old === 0) return;
  points.splice(0, old);
  edit(kept);
  const oldest = points[0]?.at ?? before;
  for (const at in kept.several) if (Number(at) < oldest) delete kept.several[at];
}

/** So many go: only when half of them are too old, so that each is moved about once, or when they are too many. */
function oldOf(
  length: number,
  at: (index: number) => Instant | undefined,
  before: Instant,
  most: number,
): number {
  const tooMany = Math.max(0, length - most);
  const middle = at(length >> 1);
  if (middle === undefined || (tooMany === 0 && middle >= before)) return tooMany;
  let old = tooMany;
  while (old < length && (at(old) ?? before) < before) old += 1;
  return old;
}

/** The series of a span. Both its ends belong to it. */
export function seriesOf(kept: KeptSamples, span: Span): Series {
  const { points, first, end, dropped } = partOfKept(kept, span);
  return { span, points: points.slice(first, end), dropped };
}

function partOfKept(kept: KeptSamples, span: Span): SeriesPart {
  const { points, nan, infinite, several } = kept;
  const first = firstFrom(points, span.from);
  const last = points[points.length - 1]?.at ?? span.to;
  const until = span.to >= last ? points.length : firstAfter(points, span.to);
  return {
    span,
    points,
    first,
    end: Math.max(first, until),
    dropped: {
      nan: nan.length === 0 ? 0 : countIn(nan, span),
      infinite: infinite.length === 0 ? 0 : countIn(infinite, span),
      repeated: countSeveral(several, span),
    },
  };
}

const edits = new WeakMap<KeptSamples, number>();

/** How often points were changed otherwise than at the end: what was worked out of them holds while this is the same. */
export function editsOf(kept: KeptSamples): number {
  return edits.get(kept) ?? 0;
}

function edit(kept: KeptSamples): void {
  edits.set(kept, editsOf(kept) + 1);
}

const readings = new WeakMap<KeptSamples, Reading>();

/** Kept samples as a judge takes them. */
export interface Reading {
  readonly kept: KeptSamples;
  within(span: Span): Series;
  part(span: Span): SeriesPart;
}

/** Whether samples are kept ones, of which what was worked out can be kept as well. */
export function isReading(samples: object): samples is Reading {
  return 'kept' in samples;
}

/** The kept samples as a judge takes them: the same reading each time, so that what was worked out of it can be kept. */
export function reading(kept: KeptSamples): Reading {
  let known = readings.get(kept);
  if (!known) {
    known = {
      kept,
      within: (span) => seriesOf(kept, span),
      part: (span) => partOfKept(kept, span),
    };
    readings.set(kept, known);
  }
  return known;
}

/** The newest sample up to a moment. */
export function newest(kept: KeptSamples, at: Instant): Sample | undefined {
  const last = kept.points.at(-1);
  return !last || last.at <= at ? last : kept.points[firstAfter(kept.points, at) - 1];
}

function countSeveral(several: KeptSamples['several'], { from, to }: Span): number {
  let count = 0;
  for (const at in several) {
    if (Number(at) >= from && Number(at) <= to) count += (several[at]?.length ?? 1) - 1;
  }
  return count;
}

function note(moments: Instant[], at: Instant): void {
  const index = firstMoment(moments, at);
  if (moments[index] !== at) moments.splice(index, 0, at);
}

function countIn(moments: readonly Instant[], { from, to }: Span): number {
  // A span that ends before it begins, as of a release that is yet to come, holds nothing.
  return Math.max(0, firstMoment(moments, to + 1) - firstMoment(moments, from));
}

function firstMoment(moments: readonly Instant[], at: Instant): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first point at or after a moment. */
export function firstFrom(points: readonly Sample[], at: Instant): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first point after a moment. */
export function firstAfter(points: readonly Sample[], at: Instant): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? at) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
