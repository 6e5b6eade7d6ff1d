import type { Span } from '../monitors/series.ts';
import type { Point } from '../plot/plot.ts';
import type { TargetKey } from '../target.ts';
import { targetKey } from '../target.ts';
import type { Column, Recording } from './recording.ts';

/** What of a target's recording is drawn: of each series the lowest and the highest value in each part of the time. */
export interface Sketch {
  /** The recording, whose answers are sketched as they are read. */
  readonly recording: Recording;
  series(): readonly SketchedSeries[];
}

/** Plain data. */
export interface SketchedSeries {
  readonly target: TargetKey;
  readonly monitor: string;
  readonly series: string;
  readonly points: readonly Point[];
}

/** So many parts: more than a page is wide. */
const PARTS = 600;

export function createSketch(recording: Recording, span: Span): Sketch {
  const all = new Map<string, { named: Omit<SketchedSeries, 'points'>; growing: Growing }>();
  return {
    series: () =>
      [...all.values()].map(({ named, growing }) => ({ ...named, points: growing.points() })),
    recording: {
      async read(question) {
        const columns = await recording.read(question);
        const { monitor, series } = question;
        const target = targetKey(question.target);
        for (const column of columns) {
          const key = `${target} ${monitor.name} ${column.name}`;
          const name = column.name === series ? series : column.name;
          const known = all.get(key) ?? {
            named: { target, monitor: monitor.name, series: name },
            growing: sketchOne(span),
          };
          all.set(key, known);
          known.growing.add(column);
        }
        return columns;
      },
    },
  };
}

interface Growing {
  readonly add: (column: Column) => void;
  readonly points: () => readonly Point[];
}

interface Part {
  low: Point & { value: number };
  high: Point & { value: number };
}

function sketchOne({ from, to }: Span): Growing {
  const width = Math.max(1, (to - from) / PARTS);
  const parts = new Map<number, Part>();
  return {
    add({ times, values, first, end }) {
      for (let i = first; i < end; i += 1) {
        const [at, value] = [times[i] ?? 0, values[i] ?? Number.NaN];
        if (!Number.isFinite(value) || at < from || at > to) continue;
        const index = Math.floor((at - from) / width);
        const part = parts.get(index);
        if (!part) parts.set(index, { low: { at, value }, high: { at, value } });
        else if (value < part.low.value) part.low = { at, value };
        else if (value > part.high.value) part.high = { at, value };
      }
    },
    points() {
      const known = [...parts].toSorted(([a], [b]) => a - b);
      return known.flatMap(([index, { low, high }], i) => {
        const [before] = known[i - 1] ?? [index];
        // Where nothing was recorded for long, a line is interrupted.
        const gap = index - before > 3 ? [{ at: low.at - 1, value: null }] : [];
        const both = low.at <= high.at ? [low, high] : [high, low];
        return [...gap, ...(low === high || low.value === high.value ? [low] : both)];
      });
    },
  };
}
