import type { Instant } from '../time.ts';
import type { Series } from './plot.ts';

/** One bar: of which series, for which time, from where to where. */
export interface Bar {
  readonly series: number;
  readonly at: Instant;
  readonly until: Instant;
  readonly from: number;
  readonly to: number;
}

/** The series that are bars, standing on each other in their order. Each bar is as wide as the shortest time between two. */
export function stackBars(
  series: readonly Series[],
  span: { readonly from: Instant; readonly until: Instant },
): readonly Bar[] {
  const own = series.flatMap((one, i) => (one.as === 'bars' ? [{ ...one, i }] : []));
  const moments = [...new Set(own.flatMap(({ points }) => points.map(({ at }) => at)))].sort(
    (a, b) => a - b,
  );
  const apart = moments.slice(1).map((at, i) => at - (moments[i] ?? at));
  const wide = apart.reduce((least, one) => Math.min(least, one), span.until - span.from);
  const reached = new Map<Instant, number>();
  return own.flatMap(({ points, i }) =>
    points.flatMap(({ at, value }) => {
      if (value === null || value <= 0) return [];
      const from = reached.get(at) ?? 0;
      reached.set(at, from + value);
      return [{ series: i, at, until: Math.min(at + wide, span.until), from, to: from + value }];
    }),
  );
}
