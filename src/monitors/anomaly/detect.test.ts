import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../time.ts';
import type { Sample } from '../series.ts';
import { ANOMALY_DEFAULTS, createDetector, type Reading } from './detect.ts';
import { slidingMoments } from './moments.ts';

const STEP = 10 * MINUTE;
const START = Date.UTC(2026, 10, 1);

/** Ten days, a sample every ten minutes. */
function days(value: (hour: number, index: number) => number, length = 10): Sample[] {
  return Array.from({ length: (length * DAY) / STEP }, (_, i) => ({
    at: START + i * STEP,
    value: value(((i * STEP) % DAY) / HOUR, i),
  }));
}

/** Noise that repeats only after years. */
const noise = (index: number) => Math.sin(index * 2.399) + Math.sin(index * 0.731);

function anomalies(samples: readonly Sample[]): Reading[] {
  const detector = createDetector(ANOMALY_DEFAULTS);
  return samples.flatMap((sample) => {
    const reading = detector.add(sample);
    return reading?.anomalous === true ? [reading] : [];
  });
}

const whenOf = (readings: readonly Reading[]) => readings.map(({ at }) => (at - START) / DAY);

describe('what is usual for a metric', () => {
  it('is no anomaly: noise, days, a constant', () => {
    const day = (hour: number) => 100 + 50 * Math.sin((hour / 24) * 2 * Math.PI);
    expect(anomalies(days((_, i) => 100 + noise(i)))).toEqual([]);
    expect(anomalies(days((hour, i) => day(hour) + noise(i)))).toEqual([]);
    expect(anomalies(days(() => 0.3))).toEqual([]);
    expect(anomalies(days((hour) => (hour < 9 || hour > 17 ? 20 : 80)))).toEqual([]);
  });

  it('is not a single spike', () => {
    const spike = days((_, i) => (i === 1_000 ? 130 : 100 + noise(i)));
    expect(whenOf(anomalies(spike))).toEqual([(1_000 * STEP) / DAY]);
  });

  it('is a spike that comes again and again', () => {
    const at = (_: number, i: number) => (i % 140 === 139 ? 130 : 100 + noise(i));
    const found = anomalies(days(at));
    expect(found.length).toBeLessThanOrEqual(ANOMALY_DEFAULTS.familiar);
    const last = days((hour, i) => (i === 1_400 ? 200 : at(hour, i)));
    expect(whenOf(anomalies(last)).at(-1)).toBe((1_400 * STEP) / DAY);
  });

  it('is not a day that is missing, though its values are usual', () => {
    const day = (hour: number) => (hour > 8 && hour < 18 ? 80 : 20);
    const flat = days((hour, i) => (i >= 8 * 144 && i < 9 * 144 ? 20 : day(hour)) + noise(i) / 10);
    const found = anomalies(flat);
    expect(found[0]).toMatchObject({ view: 'season' });
    expect(Math.floor(whenOf(found)[0] ?? 0)).toBe(8);
  });

  it('is not a level that moved by less than any spike', () => {
    const shifted = days((_, i) => (i >= 1_000 ? 102.15 : 100) + Math.sin(i * 2.399));
    const found = anomalies(shifted);
    expect(found[0]).toMatchObject({ view: 'shift' });
    expect((found[0]?.at ?? 0) - START - 1_000 * STEP).toBeLessThanOrEqual(HOUR);
  });

  it('is not known before a day is', () => {
    const early = days((_, i) => (i === 100 ? 1e6 : noise(i)), 1);
    expect(anomalies(early)).toEqual([]);
  });

  it('never depends on what comes later', () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 5, maxLength: 30 }), (ends) => {
        const known = days((_, i) => noise(i), 2);
        const from = known.length;
        const end = ends.map((one, i) => ({ at: START + (from + i) * STEP, value: one }));
        const all = anomalies([...known, ...end]);
        const part = anomalies([...known, ...end.slice(0, 4)]);
        const until = START + (from + 3) * STEP;
        expect(all.filter(({ at }) => at <= until)).toEqual(part);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the moments of a sliding window', () => {
  it('are those of the values inside', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (all, width) => {
        const sliding = slidingMoments(width);
        all.forEach((value, at) => sliding.add(at, value));
        const now = all.length - 1;
        const inside = all.slice(Math.max(0, now - width));
        const mean = inside.reduce((sum, one) => sum + one, 0) / inside.length;
        const squares = inside.reduce((sum, one) => sum + (one - mean) ** 2, 0);
        const got = sliding.at(now);
        expect(got.count).toBe(inside.length);
        expect(got.mean).toBeCloseTo(mean, 4);
        expect(got.deviation).toBeCloseTo(Math.sqrt(squares / inside.length), 2);
      }),
    );
  });

  it('keep small differences of large values, over many steps', () => {
    const sliding = slidingMoments(10);
    for (let i = 0; i < 5_000; i += 1) sliding.add(i, 1e9 + (i % 2));
    expect(sliding.at(4_999).deviation).toBeCloseTo(0.5, 2);
  });
});
