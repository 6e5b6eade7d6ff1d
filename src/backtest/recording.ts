import type { Monitor } from '../monitors/monitor.ts';
import type { Span } from '../monitors/series.ts';
import type { Target } from '../target.ts';
import type { Milliseconds } from '../time.ts';
import type { NamedRelease } from '../watch/watched.ts';

/** What a monitor asks of a recording. */
export interface Question {
  readonly target: Target;
  readonly monitor: Monitor;
  /** The series, by the name that the judge has for it: `value`, `total`, … */
  readonly series: string;
  /** The release that a query is about. */
  readonly by: NamedRelease;
  /** Both ends are included. */
  readonly span: Span;
  /** How far apart samples are, where the recording is asked for them. */
  readonly step: Milliseconds;
}

/** A part of a recorded series: from index `first` up to `end`, oldest first. Nothing in it is ever changed. */
export interface Column {
  /** As the judge has it: that of the question, or one bucket of a histogram. */
  readonly name: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly first: number;
  readonly end: number;
}

/** Recorded metrics of a target: files, or a server that still has them. */
export interface Recording {
  /** What was recorded for a question; none where nothing was. */
  read(question: Question): Promise<readonly Column[]>;
}

/** The part of a series that lies in a span. */
export function columnIn(
  name: string,
  { times, values }: Pick<Column, 'times' | 'values'>,
  { from, to }: Span,
): Column {
  return { name, times, values, first: firstFrom(times, from), end: firstFrom(times, to, true) };
}

/** The index of the first moment at or, with `beyond`, after another. */
function firstFrom(times: Float64Array, at: number, beyond = false): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = times[middle] ?? at;
    if (one < at || (beyond && one === at)) low = middle + 1;
    else high = middle;
  }
  return low;
}
