import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_OF_A_MOMENT } from '../monitors/kept-samples.ts';
import type { Monitor } from '../monitors/monitor.ts';
import type { PushedSeries } from '../samples/pushed.ts';
import { readPushed, writePushed } from '../samples/pushed.ts';
import { HOUR, MINUTE, SECOND } from '../time.ts';
import { pushedOf, takePushed } from './take-pushed.ts';
import type { Tracked } from './tracked.ts';

const NOW = Date.parse('2026-11-20T02:17:00Z');
const TARGET = { model: 'm', environment: 'production' };

function track(window = HOUR): Tracked {
  const monitor: Monitor = {
    name: 'share',
    source: { kind: 'pushed' },
    series: { value: 'hits', total: 'events' },
    judge: { kind: 'share', window, bound: 0.1, alphaPerDay: 0.05 },
    every: MINUTE,
    urgency: 'watch',
    follow: { consecutive: 1, recover: 1, coolDown: 0, settle: 0 },
    repeat: 1,
  };
  const release = { commit: 'c', releasedAt: NOW - HOUR };
  const running = { commit: 'c', version: '1' };
  return {
    key: 'production/m share',
    target: 'production/m',
    watched: { target: TARGET, monitors: [monitor], running, release, oneVersion: true },
    monitor,
    nextAt: NOW,
    savedAt: NOW,
    dirty: false,
  };
}

const sample = fc.record({
  at: fc.integer({ min: -90, max: 5 }).map((minutes) => NOW + minutes * MINUTE),
  value: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
});
const delivery = fc.array(
  fc.record({
    target: fc.constant(TARGET),
    series: fc.constantFrom('hits', 'events'),
    samples: fc.array(sample, { maxLength: 20 }),
  }),
  { minLength: 1, maxLength: 4 },
);

function kept(deliveries: readonly (readonly PushedSeries[])[]): unknown {
  const one = track();
  for (const pushed of deliveries) takePushed(pushed, new Map([[one.key, one]]), NOW);
  return one.state?.kept;
}

test('deliveries in any order, each as often as it comes, are kept as the same', () => {
  fc.assert(
    fc.property(fc.array(delivery, { minLength: 1, maxLength: 6 }), fc.nat(), (all, seed) => {
      const again = [...all, ...all].toSorted(
        (a, b) => ((all.indexOf(a) * seed) % 7) - ((all.indexOf(b) * seed) % 7),
      );
      // What was forgotten may come once more; nobody reads it, and it is forgotten again.
      expect(within(kept(again))).toEqual(within(kept(all)));
    }),
  );
});

/** What a look can read. */
function within(all: unknown): unknown {
  const named = all as Record<string, Record<'points' | 'nan' | 'infinite', readonly unknown[]>>;
  const recent = (at: unknown) => Number(at) >= NOW - HOUR;
  return Object.fromEntries(
    ['value', 'total'].map((name) => {
      const { points = [], nan = [], infinite = [] } = named[name] ?? {};
      const read = (points as readonly { at: number }[]).filter(({ at }) => recent(at));
      return [name, [read, nan.filter(recent), infinite.filter(recent)]];
    }),
  );
}

test('what is stored is read again as it was', () => {
  fc.assert(
    fc.property(delivery, (all) => {
      const payload = JSON.parse(JSON.stringify(writePushed(all)));
      expect(readPushed(payload)).toEqual(all);
    }),
  );
  expect(readPushed([{ series: 1 }])).toEqual([]);
  expect(pushedOf([])).toEqual([]);
});

test('what no monitor reads is told, and touches none', () => {
  const one = track();
  const all = new Map([[one.key, one]]);
  const samples = [{ at: NOW, value: 1 }];
  const other = { target: { ...TARGET, environment: 'staging' }, series: 'hits', samples };
  expect(takePushed([other], all, NOW)).toBe(false);
  expect(takePushed([{ target: TARGET, series: 'x', samples }], all, NOW)).toBe(false);
  expect([one.state, one.dirty]).toEqual([undefined, false]);
  expect(takePushed([], all, NOW)).toBe(true);
});

test('a flood is kept to its bound, the newest of it', () => {
  const one = track(30 * 24 * HOUR);
  const all = new Map([[one.key, one]]);
  for (let part = 0; part < 10; part += 1) {
    const samples = Array.from({ length: 5_000 }, (_, i) => ({
      at: NOW - (part * 5_000 + i) * SECOND,
      value: i,
    }));
    takePushed([{ target: TARGET, series: 'hits', samples }], all, NOW);
  }
  const { points = [] } = one.state?.kept['value'] ?? {};
  expect(points).toHaveLength(10_250);
  expect(points.at(-1)?.at).toBe(NOW);
  const values = Array.from({ length: 1_000 }, (_, value) => ({ at: NOW, value }));
  takePushed([{ target: TARGET, series: 'events', samples: values }], all, NOW);
  expect(one.state?.kept['total']?.several[NOW]).toHaveLength(MOST_OF_A_MOMENT);
});
