import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '../time.ts';
import { ANOMALY_DEFAULTS } from './anomaly/detect.ts';
import { judgeAnomaly, type AnomalyWindowRule } from './judge-anomaly.ts';
import { forget, keep, keepNone, reading } from './kept-samples.ts';

/*
 * What was learned at the look before is not learned again. The answer is that of somebody who learns everything anew
 * at every look, to the last digit.
 */
const START: Instant = Date.UTC(2026, 10, 1);

const worlds = fc.record({
  step: fc.constantFrom(20 * SECOND, MINUTE, 10 * MINUTE),
  level: fc.constantFrom(0, 1, 100, 1e9),
  spread: fc.constantFrom(0, 0.1, 5),
  /** Part of the samples that are spikes, lost, no number, or late. */
  spikes: fc.double({ min: 0, max: 0.05, noNaN: true }),
  lost: fc.double({ min: 0, max: 0.2, noNaN: true }),
  broken: fc.double({ min: 0, max: 0.02, noNaN: true }),
  late: fc.double({ min: 0, max: 0.01, noNaN: true }),
  shiftAt: fc.double({ min: 0.3, max: 1, noNaN: true }),
  releases: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
  memory: fc.constantFrom(6 * HOUR, 2 * DAY),
  trustAfter: fc.constantFrom(0, 10 * MINUTE, 3 * HOUR),
  window: fc.constantFrom(5 * MINUTE, HOUR),
  seed: fc.nat(),
});

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** So many samples of each: more than are summed up before the sums are taken anew. */
const SAMPLES = 2_600;

it('says the same as one who learns everything anew at every look', () => {
  let verdicts = 0;
  const property = fc.property(worlds, (world) => {
    const { step, level, spread, spikes, lost, broken, late, shiftAt, memory } = world;
    const random = randomOf(world.seed);
    const rule: AnomalyWindowRule = {
      ...ANOMALY_DEFAULTS,
      memory,
      warmUp: 10 * step,
      window: world.window,
      trustAfter: world.trustAfter,
    };
    const end = START + SAMPLES * step;
    const releases = world.releases
      .map((part) => START + Math.round(part * (end - START)))
      .sort((a, b) => a - b);
    const kept = keepNone();
    for (let i = 0; i < SAMPLES; i += 1) {
      const at = START + i * step;
      const off = random() < spikes ? 20 * spread : i > shiftAt * SAMPLES ? 4 * spread : 0;
      const value = level + off + spread * Math.sin(at / 3e6) + spread * (random() - 0.5);
      if (random() < late && i > 50) keep(kept, { at: at - 7 * step - 1, value });
      if (random() >= lost) keep(kept, { at, value: random() < broken ? Number.NaN : value });
      if (i % 97 !== 0 && i % 101 > 1) continue;
      const now = at + step / 2;
      const releasedAt = releases.findLast((one) => one <= now) ?? START;
      const look = { at: now, releasedAt };
      const list = [
        ...kept.points,
        ...kept.nan.map((moment) => ({ at: moment, value: Number.NaN })),
      ];
      const samples = reading(kept);
      const quick = judgeAnomaly(rule, samples, { ...look, samples });
      const slow = judgeAnomaly(rule, list, { ...look, samples: list });
      // A list does not know which moments had several values.
      const { repeated: _, ...dropped } = quick.evidence.dropped;
      expect(slow).toEqual({
        ...quick,
        evidence: { ...quick.evidence, dropped: { ...dropped, repeated: 0 } },
      });
      if (quick.verdict !== 'inconclusive') verdicts += 1;
      forget(kept, now - 2 * memory);
    }
  });
  fc.assert(property, { numRuns: 25 });
  expect(verdicts).toBeGreaterThan(100);
});
