import type { Instant, Milliseconds } from '../time.ts';

/** One measurement of a metric. */
export interface Sample {
  readonly at: Instant;
  readonly value: number;
}

/** A stretch of time, both ends included. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** What was left out of a series, and why. Samples outside the span are nobody's loss and are not counted. */
export interface Dropped {
  /** Not a number: what Prometheus writes for 0/0, and for a series that ended. */
  readonly nan: number;
  /** Infinite: a division by zero, not a measurement. */
  readonly infinite: number;
  /** A second sample of a moment that has one. The values of one moment count as their mean, once. */
  readonly repeated: number;
}

/** Samples as judges see them: finite, inside the span, oldest first, one for each moment. */
export interface Series {
  readonly span: Span;
  readonly points: readonly Sample[];
  readonly dropped: Dropped;
}

/** A series where it is kept: from the index `first` up to `end`, to be read at once and not to be held on to. */
export interface SeriesPart extends Series {
  readonly first: number;
  readonly end: number;
}

/**
 * Samples to judge: as they came, or as they were kept, which is read without being sorted again, or without being
 * copied.
 */
export type Samples =
  Iterable<Sample> | { within(span: Span): Series; part(span: Span): SeriesPart };

/** As {@link readSeries}, where long windows are read at every look: nothing is copied that is kept in order. */
export function partOf(samples: Samples, span: Span): SeriesPart {
  if ('part' in samples) return samples.part(span);
  const series = readSeries(samples, span);
  return { ...series, first: 0, end: series.points.length };
}

/**
 * Makes a series of samples as they came. Their order does not matter, nor how often one came, nor what lies outside
 * the span: a clock that stepped back gives samples out of order, and one that ran ahead gives samples from the
 * future, which do not count before their time.
 */
export function readSeries(samples: Samples, span: Span): Series {
  if ('within' in samples) return samples.within(span);
  // Moments, so that a broken sample counts once too, however often it came.
  const nan = new Set<Instant>();
  const infinite = new Set<Instant>();
  const inside: Sample[] = [];
  for (const sample of samples) {
    if (!(sample.at >= span.from && sample.at <= span.to)) continue;
    if (Number.isNaN(sample.value)) nan.add(sample.at);
    else if (!Number.isFinite(sample.value)) infinite.add(sample.at);
    else inside.push(sample);
  }
  inside.sort((a, b) => a.at - b.at || a.value - b.value);
  const points = mergeMoments(inside);
  const repeated = inside.length - points.length;
  return { span, points, dropped: { nan: nan.size, infinite: infinite.size, repeated } };
}

/** One sample for each moment: the mean of its different values. Takes and keeps the order of time. */
function mergeMoments(sorted: readonly Sample[]): Sample[] {
  const points: Sample[] = [];
  for (let i = 0; i < sorted.length;) {
    const first = sorted[i];
    if (!first) break;
    let sum = first.value;
    let different = 1;
    let last = first.value;
    let next = i + 1;
    for (; sorted[next]?.at === first.at; next += 1) {
      const value = sorted[next]?.value ?? last;
      if (value === last) continue;
      sum += value;
      different += 1;
      last = value;
    }
    points.push(different === 1 ? first : { at: first.at, value: sum / different });
    i = next;
  }
  return points;
}

/** The part of a series inside a span. */
export function cut(series: Series, span: Span): Series {
  const points = series.points.filter(({ at }) => at >= span.from && at <= span.to);
  return { ...series, span, points };
}

export function valuesOf(series: Series): number[] {
  return series.points.map(({ value }) => value);
}

/** The longest time without a sample, the ends of the span included. */
export function longestGap({ span, points }: Series): Milliseconds {
  let longest = 0;
  let before = span.from;
  for (const { at } of points) {
    longest = Math.max(longest, at - before);
    before = at;
  }
  return Math.max(longest, span.to - before);
}

/**
 * How much a counter grew, from its first sample to its last. A value below the one before is a counter that began
 * again at zero, as Prometheus has it. Undefined with fewer than two samples: one reading of a counter says nothing.
 *
 * @param begin the index of the first sample that counts
 */
export function increase(
  { points, end = points.length }: Series & { readonly end?: number },
  begin = 0,
): number | undefined {
  const first = points[begin];
  if (!first || end - begin < 2) return undefined;
  let grown = 0;
  let before = first.value;
  for (let i = begin + 1; i < end; i += 1) {
    const value = points[i]?.value ?? before;
    grown += value < before ? value : value - before;
    before = value;
  }
  return grown;
}

/** A counter's growth per second between its first sample and its last; nothing is extrapolated to the span's ends. */
export function rate(series: Series): number | undefined {
  const grown = increase(series);
  const first = series.points[0];
  const last = series.points.at(-1);
  if (grown === undefined || !first || !last) return undefined;
  return (grown * 1_000) / (last.at - first.at);
}
