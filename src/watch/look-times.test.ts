import fc from 'fast-check';
import { expect, test } from 'vitest';
import { monitorOf } from '../monitors/monitor-kinds.fixture.ts';
import { MINUTE, SECOND } from '../time.ts';
import { nextLookAfter } from './look-times.ts';

const NOW = Date.UTC(2026, 10, 20, 2, 17);
const MONITOR = { ...monitorOf('threshold'), every: 30 * SECOND };

test('monitors that look as often are spread over the time between two looks', () => {
  const seconds = Array.from({ length: 3_000 }, (_, i) => {
    const next = nextLookAfter(`production/m-${i} errors`, MONITOR, false, NOW);
    return (next - NOW) / SECOND;
  });
  const counts = Array.from({ length: 31 }, (_, s) => seconds.filter((one) => one === s).length);
  // A hundred in each second, and none now: 50 is five deviations from that.
  expect(counts[0]).toBe(0);
  for (const count of counts.slice(1)) expect(Math.abs(count - 100)).toBeLessThan(50);
});

test('a monitor looks on one grid, whoever asks and however late', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(10 * MINUTE), fc.boolean(), (key, late, armed) => {
      const every = armed ? 10 * SECOND : 30 * SECOND;
      const next = nextLookAfter(key, MONITOR, armed, NOW);
      expect(next).toBeGreaterThan(NOW);
      expect(next - NOW).toBeLessThanOrEqual(every);
      const later = nextLookAfter(key, MONITOR, armed, NOW + late);
      expect((later - next) % every).toBe(0);
      expect(later).toBeGreaterThan(NOW + late);
      expect(nextLookAfter(key, MONITOR, armed, next - 1)).toBe(next);
    }),
  );
});
