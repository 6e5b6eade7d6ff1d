/** What of metrics was recorded for one target, series by series, in sixteen bytes a sample. */
import type { Instant } from '../time.ts';

/** One series of a recording: its name, its labels, and its samples, oldest first. */
export interface RecordedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** The most that is kept of one target: more than a year of ten series every ten seconds, and 320 MB. */
export const MOST_SAMPLES = 20_000_000;
/** The most series of one target. */
export const MOST_SERIES = 1_000;

/** Takes the samples of one target, in whatever order they come. */
export interface Recorder {
  /** The series of that name and these labels. Throws {@link RangeError} when there are too many. */
  series(name: string, labels?: Readonly<Record<string, string>>): Column;
  /** Everything that was added, series in the order of the alphabet, samples in the order of time. */
  finish(): readonly RecordedSeries[];
}

/** Takes the samples of one series. Throws {@link RangeError} when there are too many. */
export type Column = (at: Instant, value: number) => void;

interface Growing {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly column: Column;
  readonly done: () => RecordedSeries;
}

export function createRecorder(): Recorder {
  const all = new Map<string, Growing>();
  let samples = 0;
  const count = (): void => {
    samples += 1;
    if (samples > MOST_SAMPLES) {
      throw new RangeError(`more than ${MOST_SAMPLES.toLocaleString('en-US')} samples`);
    }
  };
  return {
    series(name, labels = {}) {
      const key = seriesName({ name, labels });
      const known = all.get(key);
      if (known) return known.column;
      if (all.size >= MOST_SERIES) throw new RangeError(`more than ${MOST_SERIES} series`);
      const growing = grow(name, labels, count);
      all.set(key, growing);
      return growing.column;
    },
    finish: () =>
      [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, growing]) => growing.done()),
  };
}

/** A series as Prometheus writes it, labels in the order of the alphabet. */
export function seriesName({ name, labels }: Pick<RecordedSeries, 'name' | 'labels'>): string {
  const written = Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return written.length === 0 ? name : `${name}{${written.join(',')}}`;
}

function grow(name: string, labels: Readonly<Record<string, string>>, count: () => void): Growing {
  let times = new Float64Array(64);
  let values = new Float64Array(64);
  let length = 0;
  let inOrder = true;
  return {
    name,
    labels,
    column(at, value) {
      count();
      if (length === times.length) {
        times = doubled(times);
        values = doubled(values);
      }
      if (length > 0 && at < (times[length - 1] ?? at)) inOrder = false;
      times[length] = at;
      values[length] = value;
      length += 1;
    },
    done() {
      const one = { name, labels, times: times.slice(0, length), values: values.slice(0, length) };
      return inOrder ? one : sortedByTime(one);
    },
  };
}

function doubled(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length);
  larger.set(array);
  return larger;
}

function sortedByTime(series: RecordedSeries): RecordedSeries {
  const { times, values } = series;
  const order = Uint32Array.from(times.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  return {
    ...series,
    times: Float64Array.from(order, (i) => times[i] ?? Number.NaN),
    values: Float64Array.from(order, (i) => values[i] ?? Number.NaN),
  };
}
