import { z } from 'zod';
import type { Bound, Point, ValueKind } from '../plot/plot.ts';
import { isDrawable, isMoment } from '../plot/plot.ts';
import { thinOut } from '../plot/thin-out.ts';
import type { Json } from '../store/item.ts';
import { SECOND } from '../time.ts';

/** What was measured, as an entry may carry it: for the plots of the incident's report. */
export interface Samples {
  /** What people call the metric. Those of one incident with one name are one line of its plot. */
  readonly name: string;
  readonly values?: ValueKind;
  /** In any number: an entry keeps so many of them that each extreme stays (see {@link MOST_POINTS}). */
  readonly points: readonly Point[];
  /** What it was compared with. */
  readonly bound?: Bound;
}

/** So many metrics an entry carries, and so many points of each: some ten kilobytes. */
export const MOST_METRICS = 4;
export const MOST_POINTS = 120;
const LONGEST_NAME = 100;

/** Of each part of the time, `thinOut` keeps up to five points. */
const PARTS = MOST_POINTS / 5;

/** The samples as they are kept: points are pairs of a time in seconds and a value, as Prometheus writes them. */
export function samplesFacts(samples: readonly Samples[]): Json {
  return samples.slice(0, MOST_METRICS).map(({ name, values, points, bound }) => ({
    name: name.slice(0, LONGEST_NAME),
    ...(values && { values }),
    points: bounded(points).map(({ at, value }) => [
      at / SECOND,
      value === null ? null : short(value),
    ]),
    ...(bound &&
      isDrawable(bound.value) && {
        bound: { value: short(bound.value), label: bound.label.slice(0, LONGEST_NAME) },
      }),
  }));
}

function bounded(points: readonly Point[]): readonly Point[] {
  const known = points.filter(({ at }) => isMoment(at));
  const first = known.reduce((least, { at }) => Math.min(least, at), Infinity);
  const last = known.reduce((most, { at }) => Math.max(most, at), -Infinity);
  return thinOut(known, first, last, PARTS);
}

function short(value: number): number {
  return Number(value.toPrecision(6));
}

/** The samples of an entry as they are read back. */
export const samplesSchema = z.array(
  z
    .object({
      name: z.string(),
      values: z.enum(['number', 'share', 'length']).optional().catch(undefined),
      points: z.array(z.tuple([z.number(), z.number().nullable()])),
      bound: z.object({ value: z.number(), label: z.string() }).optional().catch(undefined),
    })
    .transform(({ name, values, points, bound }): Samples => ({
      name,
      ...(values && { values }),
      points: points.map(([seconds, value]) => ({ at: seconds * SECOND, value })),
      ...(bound && { bound }),
    })),
);
