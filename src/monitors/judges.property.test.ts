import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../time.ts';
import { BEFORE, JUDGES, lively, minutes, NOW, RELEASED, steady } from './judge.fixture.ts';
import type { Sample } from './series.ts';

const judges = Object.entries(JUDGES).map(([name, judge]) => ({ name, judge }));
const look = (samples: readonly Sample[]) => ({ samples, at: NOW, releasedAt: RELEASED });

/** Any number that a metric can have, and those that it should not. */
const value = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1, 100, 1e300, -1e300, Number.NaN, Infinity, -Infinity),
);
const sample = (from: number, to: number): fc.Arbitrary<Sample> =>
  fc.record({ at: fc.integer({ min: from, max: to }), value });
const inside = fc.array(sample(RELEASED, NOW), { maxLength: 60 });
const outside = fc.array(
  fc.oneof(
    sample(RELEASED - 600 * MINUTE, RELEASED - 1),
    sample(NOW + 1, NOW + 600 * MINUTE),
    fc.record({ at: fc.constantFrom(Number.NaN, Infinity, -Infinity), value }),
  ),
  { maxLength: 30 },
);

describe.each(judges)('every judge: $name', ({ judge }) => {
  it('sees no sample from before the release or from after the evaluation', () => {
    fc.assert(
      fc.property(inside, outside, (samples, others) => {
        expect(judge(look([...samples, ...others]))).toEqual(judge(look(samples)));
      }),
      { numRuns: 50 },
    );
  });

  it('has a baseline that ends with the release', () => {
    fc.assert(
      fc.property(
        inside,
        fc.array(sample(NOW + 1, NOW + MINUTE), { maxLength: 9 }),
        (now, later) => {
          const without = judge(look(now), BEFORE);
          expect(judge(look(now), [...BEFORE, ...later])).toEqual(without);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('does not care for order, nor for what came twice', () => {
    const shuffled = inside.chain((samples) =>
      fc.tuple(
        fc.constant(samples),
        fc.shuffledSubarray(samples, { minLength: samples.length }),
        fc.subarray(samples),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([samples, order, again]) => {
        const { evidence, ...once } = judge(look(samples));
        const twice = judge(look([...order, ...again]));
        expect(twice).toMatchObject(once);
        expect(twice.evidence.facts).toEqual(evidence.facts);
        expect(twice.evidence.samples).toBe(evidence.samples);
      }),
      { numRuns: 50 },
    );
  });

  it('answers finite numbers to whatever comes', () => {
    fc.assert(
      fc.property(inside, (samples) => {
        const { value, bound, evidence } = judge(look(samples));
        for (const number of [value ?? 0, bound ?? 0, ...Object.values(evidence.facts)]) {
          expect(Number.isFinite(number)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has no verdict without data', () => {
    const { verdict, reason } = judge(look([]), []);
    expect({ verdict, reason }).toEqual({ verdict: 'inconclusive', reason: 'no-data' });
    const broken = minutes([Number.NaN, Infinity, Number.NaN, -Infinity]);
    expect(judge(look(broken)).verdict).not.toBe('good');
  });

  it('calls nothing bad that never moved', () => {
    const still = minutes(steady(0, 30));
    expect(judge(look(still), minutes(steady(0, 200), RELEASED - MINUTE)).verdict).not.toBe('bad');
  });
});

describe('a reading that the judges are meant to tell apart', () => {
  const verdicts = (samples: readonly Sample[]) =>
    Object.fromEntries(judges.map(({ name, judge }) => [name, judge(look(samples)).verdict]));

  it('is good or unknown as before', () => {
    // Those read it as a share of errors or a counter, which it is not.
    const {
      'burn rate': _burn,
      share: _share,
      rate: _rate,
      ...others
    } = verdicts(minutes(lively(100, 3, 30)));
    expect(Object.values(others)).not.toContain('bad');
  });

  it('is bad for those that watch a level, half as high again', () => {
    const got = verdicts(minutes(lively(160, 3, 30)));
    for (const name of [
      'threshold',
      'regression',
      'canary',
      'psi',
      'ks',
      'change point',
      'anomaly',
    ]) {
      expect([name, got[name]]).toEqual([name, 'bad']);
    }
    expect(got['early warning']).not.toBe('bad');
  });
});
