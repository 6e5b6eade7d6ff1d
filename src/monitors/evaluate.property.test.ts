import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, MINUTE, type Instant } from '../time.ts';
import { RELEASED } from './judge.fixture.ts';
import { KINDS, lookOften, WITH_HISTORY, type Feed } from './monitor-kinds.fixture.ts';
import type { Outcome } from './evaluate.ts';
import type { Sample } from './series.ts';

const MINUTES = 40;
const END = RELEASED + MINUTES * MINUTE;
const RUNS = { numRuns: 25 };

/** Any number that a metric can have, and those that it should not. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 200 }) },
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1e300, -1e300, Number.NaN, Infinity, -Infinity),
);
const within = (from: Instant, to: Instant) =>
  fc.record({ at: fc.integer({ min: from, max: to }), value });
const seriesOf = (kind: string) => (KINDS[kind] ?? []).slice(1) as string[];
const feeds = (kind: string, from: Instant, to: Instant, most: number) =>
  Object.fromEntries(
    seriesOf(kind).map((name) => [name, fc.array(within(from, to), { maxLength: most })]),
  );
const feed = (kind: string, from: Instant, to: Instant, most: number): fc.Arbitrary<Feed> =>
  fc.record(feeds(kind, from, to, most));

/** What came at a look and was said there, without what counts how often a sample came. */
function said(outcomes: readonly Outcome[]): unknown {
  return outcomes.map(({ step, request, judgement }) => {
    if (!judgement) return { step, request };
    const { evidence, ...rest } = judgement;
    return { step, request, ...rest, facts: evidence.facts, samples: evidence.samples };
  });
}

/** The samples of a feed that a look at this moment has not seen yet. */
function due(all: Feed, now: Instant): Feed {
  const from = now === RELEASED + MINUTE ? RELEASED : now - MINUTE + 1;
  return pick(all, ({ at }) => at <= now && at >= from);
}

function pick(all: Feed, wanted: (sample: Sample) => boolean): Feed {
  return Object.fromEntries(Object.entries(all).map(([name, some]) => [name, some.filter(wanted)]));
}

function join(one: Feed, other: Feed): Feed {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, [...(one[name] ?? []), ...(other[name] ?? [])]]),
  );
}

describe.each(Object.keys(KINDS))('a monitor with %s', (kind) => {
  const measured = feed(kind, RELEASED, END, 60);

  test('reads nothing from after the look, however early it came', () => {
    const later = feed(kind, END + 1, END + DAY, 10);
    fc.assert(
      fc.property(measured, later, (all, future) => {
        const onTime = said(lookOften(kind, MINUTES, (now) => due(all, now)));
        const atOnce = join(all, future);
        const early = lookOften(kind, MINUTES, (_, i) => (i === 1 ? atOnce : {}));
        expect(said(early)).toEqual(onTime);
      }),
      RUNS,
    );
  });

  test.skipIf(WITH_HISTORY.includes(kind))('reads nothing from before the release', () => {
    // What the registry says of a model, it may have said before the model was released: a baseline too.
    const { registry: _, ...before } = feeds(kind, RELEASED - 3 * DAY, RELEASED - 1, 20);
    fc.assert(
      fc.property(measured, fc.record(before), (all, old) => {
        // The first look has its baseline; what comes later of that time changes none of it.
        const without = said(lookOften(kind, MINUTES, (now) => due(all, now)));
        const late = lookOften(kind, MINUTES, (now, i) =>
          i === 1 ? due(all, now) : join(due(all, now), old),
        );
        expect(said(late)).toEqual(without);
      }),
      RUNS,
    );
  });

  test('calls nothing bad for what was before the release alone', () => {
    const before = feed(kind, RELEASED - 3 * DAY, RELEASED - 1, 60);
    fc.assert(
      fc.property(before, (old) => {
        const { registry: _, ...rest } = old;
        const alone = lookOften(kind, MINUTES, () => rest);
        // A canary that is silent beside a stable release would be, but that is silent too.
        expect(alone.map(({ judgement }) => judgement?.verdict)).not.toContain('bad');
      }),
      RUNS,
    );
  });

  test('does not care for the order of samples, nor for how often each comes', () => {
    fc.assert(
      fc.property(measured, fc.infiniteStream(fc.nat()), (all, order) => {
        const once = said(lookOften(kind, MINUTES, (now) => due(all, now)));
        const again = lookOften(kind, MINUTES, (now) => {
          // All of it again with every look, in another order each time.
          const seen = pick(all, ({ at }) => at <= now);
          return Object.fromEntries(
            Object.entries(seen).map(([name, some]) => [name, shuffle([...some, ...some], order)]),
          );
        });
        expect(said(again)).toEqual(once);
      }),
      RUNS,
    );
  });

  test('says the same whenever samples of the time between two looks came', () => {
    fc.assert(
      fc.property(measured, (all) => {
        const last = said(lookOften(kind, MINUTES, (now) => due(all, now))) as unknown[];
        // A source that was silent all the while, and then sends what it has.
        const late = lookOften(kind, MINUTES, (_, i) => (i === MINUTES ? all : {}));
        const { step: _a, request: _b, ...judged } = last.at(-1) as Record<string, unknown>;
        expect(said(late.slice(-1))).toMatchObject([judged]);
      }),
      RUNS,
    );
  });

  test('answers finite numbers to whatever comes', () => {
    const anything = feed(kind, RELEASED - DAY, END + DAY, 80);
    fc.assert(
      fc.property(anything, anything, (all, baseline) => {
        const outcomes = lookOften(kind, 5, () => all, baseline);
        for (const { judgement } of outcomes) {
          const { value: measure = 0, bound = 0, evidence } = judgement ?? {};
          for (const number of [measure, bound, ...Object.values(evidence?.facts ?? {})]) {
            expect(Number.isFinite(number)).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });

  test('can be bad, so that none of this holds for want of a verdict', () => {
    expect(seriesOf(kind).length).toBeGreaterThan(0);
    const change = BAD_AT[kind];
    const history = WITH_HISTORY.includes(kind) ? usual(4 * DAY) : [];
    const reasons = lookOften(kind, MINUTES, (now, i) => {
      const samples = seriesOf(kind).map((name) => {
        const sample = { at: now, value: change?.(name, i) ?? 0 };
        return [name, i === 1 ? [...history, sample] : [sample]] as const;
      });
      return Object.fromEntries(samples);
    }).map(({ judgement }) => judgement?.reason);
    expect(reasons).toContain(kind === 'early warning' ? 'nearing' : 'beyond');
  });
});

/** What a metric of no surprise was for so long before the release, each ten minutes. */
function usual(length: number): Sample[] {
  return Array.from({ length: length / (10 * MINUTE) }, (_, i) => ({
    at: RELEASED - (i + 1) * 10 * MINUTE,
    value: 100 + 3 * Math.sin(i * 2.399),
  }));
}

function shuffle<T>(all: T[], order: fc.Stream<number>): T[] {
  const keyed = all.map((one) => ({ one, key: order.next().value ?? 0 }));
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
}

/** What each kind is bad at, by the series and the minute. */
const BAD_AT: Readonly<Record<string, (name: string, minute: number) => number>> = {
  threshold: () => 200,
  'threshold of a rate': (_, i) => i * 60 * 200,
  'regression, last good': () => 200,
  'regression, number': () => 200,
  'regression, registry': (name) => (name === 'registry' ? 100 : 200),
  canary: (name, i) => (name === 'canary m' ? 200 : 100) + (i % 7),
  'burn rate, share': () => 0.9,
  'burn rate, counters': (name, i) => (name === 'value' ? i * 90 : i * 100),
  'drift, psi': (_, i) => 200 + (i % 7),
  'drift, ks': (_, i) => 200 + (i % 7),
  'drift, histogram': (name, i) => (name === 'le 50' ? 10 : 200) + (i % 2),
  'regression, same time': () => 200,
  anomaly: () => 200,
  'change point': (_, i) => 200 + (i % 7),
  'early warning': (_, i) => 60 + i,
  share: (name, i) => (name === 'value' ? i * 500 : i * 1000),
  'impact, per minute': () => 20,
  'impact, per inference': (name) => (name === 'value' ? 200 : 1),
};
