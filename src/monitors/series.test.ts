import { describe, expect, it } from 'vitest';
import { increase, longestGap, rate, readSeries, type Sample } from './series.ts';

const span = { from: 0, to: 10_000 };
const read = (...samples: readonly (readonly [at: number, value: number])[]) =>
  readSeries(
    samples.map(([at, value]): Sample => ({ at, value })),
    span,
  );

describe('a series', () => {
  it('is finite, in order, and one sample a moment', () => {
    const series = read([2_000, 5], [1_000, 1], [1_000, 3], [2_000, 5], [3_000, Number.NaN]);
    expect(series.points).toEqual([
      { at: 1_000, value: 2 },
      { at: 2_000, value: 5 },
    ]);
    expect(series.dropped).toEqual({ nan: 1, infinite: 0, repeated: 2 });
  });

  it('takes the mean of different values of one moment, however often each came', () => {
    const once = read([1_000, 1], [1_000, 3], [1_000, 5]).points;
    expect(read([1_000, 5], [1_000, 1], [1_000, 3], [1_000, 1], [1_000, 1]).points).toEqual(once);
    expect(once).toEqual([{ at: 1_000, value: 3 }]);
  });

  it('leaves out what is infinite, and what lies outside', () => {
    const series = read([1, Infinity], [2, -Infinity], [-1, 9], [10_001, 9], [Number.NaN, 9]);
    expect(series.points).toEqual([]);
    expect(series.dropped).toEqual({ nan: 0, infinite: 2, repeated: 0 });
  });

  it('knows its longest gap, the ends included', () => {
    expect(longestGap(read())).toBe(10_000);
    expect(longestGap(read([1_000, 1], [4_000, 1]))).toBe(6_000);
    expect(longestGap(read([1_000, 1], [8_000, 1]))).toBe(7_000);
  });
});

describe('a counter', () => {
  it('grows over resets, each of which begins at zero', () => {
    expect(increase(read([0, 100], [1_000, 130], [2_000, 10], [3_000, 25]))).toBe(55);
    expect(rate(read([0, 100], [1_000, 130], [2_000, 10], [5_000, 25]))).toBe(11);
  });

  it('says nothing by one reading, and that it stood still by two', () => {
    expect(increase(read([0, 100]))).toBeUndefined();
    expect(rate(read())).toBeUndefined();
    expect(rate(read([0, 100], [1_000, 100]))).toBe(0);
  });
});
