import { expect, it } from 'vitest';
import { MINUTE, SECOND, type Instant } from '../time.ts';
import {
  baselineSpan,
  evaluate,
  lookEvery,
  type Outcome,
  type Request,
  type Tick,
} from './evaluate.ts';
import type { Monitor } from './monitor.ts';
import type { MonitorState, ReleaseFacts } from './monitor-state.ts';
import { lively, minutes, RELEASED, steady } from './judge.fixture.ts';

const BELOW: Monitor = {
  name: 'diversity',
  source: { kind: 'pushed' },
  series: { value: 'diversity' },
  judge: {
    kind: 'threshold',
    rule: {
      window: 2 * MINUTE,
      statistic: { kind: 'mean' },
      bad: { kind: 'less', than: 0.5 },
      minSamples: 1,
    },
  },
  every: MINUTE,
  urgency: 'immediate',
  follow: { consecutive: 3, recover: 2, coolDown: 10 * MINUTE, settle: 2 * MINUTE },
  repeat: 1,
};
const RELEASE: ReleaseFacts = {
  commit: 'bad',
  releasedAt: RELEASED,
  lastGood: { from: RELEASED - 1_000 * MINUTE, until: RELEASED },
};

/** Looks each minute after the release at a value that came right before; undefined: none came. */
function watch(
  monitor: Monitor,
  values: readonly (number | undefined)[],
  change: (minute: number) => Partial<Tick> = () => ({}),
) {
  let state: MonitorState | undefined;
  const outcomes: Outcome[] = [];
  values.forEach((value, i) => {
    const now = RELEASED + (i + 1) * MINUTE;
    const samples = { value: value === undefined ? [] : [{ at: now - SECOND, value }] };
    const tick = { now, release: RELEASE, samples, ...change(i + 1) };
    // Through JSON, as through the store.
    const before = state && (JSON.parse(JSON.stringify(state)) as MonitorState);
    const outcome = evaluate(monitor, before, tick);
    outcomes.push({ ...outcome });
    state = outcome.state;
  });
  return outcomes;
}

const steps = (outcomes: readonly Outcome[]) => outcomes.map(({ step }) => step).join(' ');
const requests = (outcomes: readonly Outcome[]) =>
  outcomes.flatMap(({ request }, i): [number, Request][] => (request ? [[i + 1, request]] : []));

it('fires after so many bad looks, and says when it is over', () => {
  const seen = watch(BELOW, [...steady(0.04, 6), ...steady(0.7, 6)]);
  expect(steps(seen)).toBe(
    'settling counted counted fired goes-on goes-on goes-on counted recovered counted counted counted',
  );
  const since = RELEASED + 2 * MINUTE;
  expect(requests(seen)).toEqual([
    [4, { kind: 'fire', why: 'bad', since, again: false }],
    [9, { kind: 'resolve' }],
  ]);
});

it('says so again until the policy has counted enough, and each hour', () => {
  const seen = watch({ ...BELOW, repeat: 3 }, steady(0.04, 70));
  expect(requests(seen).map(([minute]) => minute)).toEqual([4, 5, 6, 66]);
});

it('is not moved by one bad look, a gap, or values that are none', () => {
  const spike = [0.7, 0.7, 0.04, 0.7, 0.7, undefined, undefined, undefined, 0.7, Number.NaN, 0.7];
  expect(requests(watch(BELOW, spike))).toEqual([]);
});

it('counts no data as bad only where it is told to, and after the time', () => {
  const values = [...steady(0.7, 4), ...Array.from({ length: 8 }, () => undefined)];
  expect(requests(watch(BELOW, values))).toEqual([]);
  const silent = { ...BELOW, follow: { ...BELOW.follow, noDataAfter: 5 * MINUTE } };
  expect(requests(watch(silent, values))).toEqual([
    // The last sample is in the window until the sixth minute.
    [10, { kind: 'fire', why: 'blind', since: RELEASED + 5 * MINUTE, again: false }],
  ]);
  const unheard = watch(silent, values, (minute) => (minute > 4 ? { unheard: true } : {}));
  expect(requests(unheard)).toEqual([]);
  expect(unheard.at(-1)?.step).toBe('unheard');
  expect(unheard.at(-1)?.judgement).toBeUndefined();
});

it('holds time in which nobody looked against no model', () => {
  const silent = { ...BELOW, follow: { ...BELOW.follow, noDataAfter: 5 * MINUTE } };
  const pause = watch(silent, [0.7, 0.7, 0.7, undefined, undefined], (minute) => ({
    now: RELEASED + (minute + (minute > 3 ? 600 : 0)) * MINUTE,
  }));
  expect(requests(pause)).toEqual([]);
});

it('judges another release anew, and ends what the one before it began', () => {
  const back: ReleaseFacts = { commit: 'back', releasedAt: RELEASED + 6 * MINUTE };
  const seen = watch(BELOW, [...steady(0.04, 6), ...steady(0.7, 6)], (minute) =>
    minute > 6 ? { release: back } : {},
  );
  expect(seen.map(({ state }) => state.release.commit)[11]).toBe('back');
  expect(requests(seen).map(([minute, { kind }]) => [minute, kind])).toEqual([
    [4, 'fire'],
    [9, 'resolve'],
  ]);
});

it('does not run a tick twice', () => {
  const [first] = watch(BELOW, [0.7]);
  const tick = { now: RELEASED + MINUTE, release: RELEASE, samples: {} };
  expect(evaluate(BELOW, first?.state, tick)).toMatchObject({ step: 'repeated' });
});

it('compares with the end of the last good release, given or kept, and with nothing later', () => {
  const rule = {
    window: 5 * MINUTE,
    statistic: { kind: 'mean' },
    limit: { kind: 'relative', amount: 0.2, worse: 'lower' },
    minSamples: 3,
  } as const;
  const baseline = { kind: 'last-good', reference: 60 * MINUTE } as const;
  const monitor: Monitor = { ...BELOW, judge: { kind: 'regression', rule, baseline } };
  expect(baselineSpan(monitor, undefined, RELEASE)).toEqual({
    from: RELEASED - 60 * MINUTE,
    to: RELEASED - 1,
  });
  const before = minutes([...steady(5, 60), ...lively(0.73, 0.02, 60)], RELEASED - MINUTE);
  const now = RELEASED + 10 * MINUTE;
  const bad = minutes(steady(0.5, 10), now);
  const given = { now, release: RELEASE, samples: { value: bad }, baseline: { value: before } };
  const one = evaluate(monitor, undefined, given);
  expect(one.judgement).toMatchObject({ verdict: 'bad', evidence: { baseline: 60 } });
  expect(baselineSpan(monitor, one.state, RELEASE)).toBeUndefined();

  const earlier = evaluate(monitor, undefined, {
    now: RELEASED - MINUTE,
    release: { commit: 'good', releasedAt: RELEASED - 1_000 * MINUTE },
    samples: { value: before },
  });
  const other = evaluate(monitor, earlier.state, {
    now,
    release: RELEASE,
    samples: { value: bad },
  });
  expect(other.judgement).toEqual(one.judgement);
  const first: ReleaseFacts = { commit: 'first', releasedAt: RELEASED };
  expect(evaluate(monitor, undefined, { ...given, release: first }).judgement?.reason).toBe(
    'no-baseline',
  );
});

it('arms and never fires when it only warns', () => {
  const rule = {
    window: 30 * MINUTE,
    bound: 10,
    worse: 'higher',
    horizon: 60 * MINUTE,
    confidence: 0.9,
    minSamples: 5,
  } as const;
  const early: Monitor = { ...BELOW, judge: { kind: 'early-warning', rule } };
  const rising = Array.from({ length: 20 }, (_, i) => 1 + i * 0.3);
  const seen = watch(early, [...rising, ...steady(2, 60)]);
  expect(requests(seen).map(([, { kind }]) => kind)).toEqual(['arm', 'disarm']);
  expect(seen.every(({ judgement }) => judgement?.verdict !== 'bad')).toBe(true);
  expect(lookEvery(early, false)).toBe(MINUTE);
  expect(lookEvery(early, true)).toBe(20 * SECOND);
});

it('makes one judgement of several, of this release and not too old', () => {
  const whole: Monitor = {
    ...BELOW,
    source: { kind: 'parts' },
    series: {},
    judge: {
      kind: 'composite',
      rule: { kind: 'all-of' },
      parts: [
        { name: 'a', weight: 1 },
        { name: 'b', weight: 1 },
      ],
    },
  };
  const judged = (at: Instant) =>
    evaluate(BELOW, undefined, {
      now: at,
      release: RELEASE,
      samples: { value: minutes(steady(0.1, 3), at) },
    }).judgement;
  const now = RELEASED + 10 * MINUTE;
  const verdict = (a: Instant, b: Instant) =>
    evaluate(whole, undefined, {
      now,
      release: RELEASE,
      samples: {},
      parts: { a: judged(a), b: judged(b) },
    }).judgement?.verdict;
  expect(verdict(now, now - MINUTE)).toBe('bad');
  expect(verdict(now, now - 4 * MINUTE)).toBe('inconclusive');
});

it('reads the buckets of a histogram', () => {
  const rule = { window: 10 * MINUTE, measure: 'psi', bound: 0.3, alpha: 0.001, minSamples: 50 };
  const monitor: Monitor = {
    ...BELOW,
    judge: {
      kind: 'drift',
      rule: { ...rule, measure: 'psi' },
      reference: 60 * MINUTE,
      histogram: true,
    },
  };
  const now = RELEASED + 10 * MINUTE;
  const buckets = (at: Instant, counts: readonly number[]) =>
    Object.fromEntries(
      ['0.2', '0.5', '+Inf'].map((le, i) => [`le ${le}`, [{ at, value: counts[i] ?? 0 }]]),
    );
  const look = (counts: readonly number[]) =>
    evaluate(monitor, undefined, {
      now,
      release: RELEASE,
      samples: buckets(now, counts),
      baseline: buckets(RELEASED - MINUTE, [500, 800, 1_000]),
    }).judgement?.verdict;
  expect(look([490, 805, 1_000])).toBe('good');
  expect(look([100, 300, 1_000])).toBe('bad');
});
