import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forget, keep, keepNone, MOST_KEPT, newest, seriesOf } from './kept-samples.ts';
import { readSeries, type Sample } from './series.ts';

const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.1, 0.2, 1e300, Number.NaN, Infinity, -Infinity),
);
const sample = fc.record({ at: fc.integer({ min: 0, max: 40 }), value });
const samples = fc.array(sample, { maxLength: 60 });
const keepAll = (all: readonly Sample[]) => {
  const kept = keepNone();
  for (const one of all) keep(kept, one);
  return kept;
};

it('keeps the same whatever the order, and however often a sample comes', () => {
  const orders = samples.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.subarray(all),
    ),
  );
  fc.assert(
    fc.property(orders, ([all, order, again]) => {
      const once = keepAll(all);
      expect(keepAll([...order, ...again])).toEqual(once);
      expect(JSON.parse(JSON.stringify(once))).toEqual(once);
    }),
  );
});

it('reads what is read from the samples themselves', () => {
  const span = fc
    .tuple(fc.integer({ min: -5, max: 45 }), fc.integer({ min: 0, max: 45 }))
    .map(([from, length]) => ({ from, to: from + length }));
  fc.assert(
    fc.property(samples, span, (all, within) => {
      const { dropped, points, ...rest } = readSeries(all, within);
      const kept = seriesOf(keepAll(all), within);
      expect(kept).toMatchObject(rest);
      expect(kept.points.map(({ at }) => at)).toEqual(points.map(({ at }) => at));
      kept.points.forEach((one, i) => expect(one.value).toBeCloseTo(points[i]?.value ?? 0, 9));
      expect(kept.dropped).toMatchObject({ nan: dropped.nan, infinite: dropped.infinite });
      expect(newest(keepAll(all), within.to)?.at).toBe(
        readSeries(all, { from: -1, to: within.to }).points.at(-1)?.at,
      );
    }),
  );
});

it('forgets only what is older, and never keeps more than it may', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: -1, max: 41 }), (all, before) => {
      const kept = keepAll(all);
      forget(kept, before);
      const span = { from: before, to: 50 };
      expect(seriesOf(kept, span)).toEqual(seriesOf(keepAll(all), span));
    }),
  );
  const many = keepNone();
  for (let at = 0; at < 3 * MOST_KEPT; at += 1) {
    keep(many, { at, value: at % 7 === 0 ? Number.NaN : 1 });
    forget(many, 0);
  }
  expect(many.points.length).toBeLessThanOrEqual(MOST_KEPT);
  expect(many.nan.length).toBeLessThanOrEqual(MOST_KEPT);
  expect(many.points.at(-1)?.at).toBe(3 * MOST_KEPT - 1);
});
