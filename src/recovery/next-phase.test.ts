import { describe, expect, test } from 'vitest';
import type { VerifyPolicy } from '../policy/policy.ts';
import { HOUR, MINUTE } from '../time.ts';
import type { Judgement } from './judge-signs.ts';
import { nextPhase, type Seen } from './next-phase.ts';
import type { Recovery, Sign } from './recovery.ts';

const MERGED = 1_000 * MINUTE;
const POLICY: VerifyPolicy = {
  rollOut: { within: 10 * MINUTE, by: 'any' },
  within: 15 * MINUTE,
  sustain: 2 * MINUTE,
  watch: 2 * HOUR,
  every: MINUTE,
  metrics: [],
};
const START: Recovery = {
  branch: 'lastgood/production/fraud/b',
  number: 7,
  target: { model: 'fraud', environment: 'production' },
  commit: 'm'.repeat(40),
  mergedAt: MERGED,
  goal: { model: 'v1' },
  severity: 'critical',
  alert: { name: 'Collapsed', source: 'am' },
  alerts: ['one'],
  phase: 'rolling-out',
  told: [],
};

const sign = (health: Sign['health'], kind: Sign['kind'] = 'alert'): Sign => ({
  name: 'Collapsed',
  kind,
  health,
  seen: 'it was seen',
});
const WELL = (minute: number): Judgement => ({
  health: 'well',
  since: MERGED + minute * MINUTE,
  because: [sign('well')],
});
const ILL: Judgement = { health: 'ill', since: MERGED, because: [sign('ill')] };
const ILL_METRIC: Judgement = { health: 'ill', because: [sign('ill', 'metric')] };
const UNKNOWN: Judgement = { health: 'unknown', because: [] };
const OUT = (minute: number) => ({
  rolledOut: { at: MERGED + minute * MINUTE, by: 'status', name: 'argocd' } as const,
});

/** Plays looks at the given minutes after the merge; answers what happened, each with its minute. */
function play(
  looks: readonly (readonly [minute: number, judgement: Judgement, more?: Partial<Seen>])[],
): { readonly happened: readonly string[]; readonly recovery: Recovery; readonly lookAt?: number } {
  let recovery = START;
  let lookAt: number | undefined;
  const happened: string[] = [];
  for (const [minute, judgement, more] of looks) {
    const now = MERGED + minute * MINUTE;
    const seen = { now, judgement, superseded: false, ...more };
    const next = nextPhase(recovery, POLICY, seen);
    happened.push(...next.happened.map(({ kind }) => `${minute} ${kind}`));
    // Looking again at the same changes nothing.
    const again = nextPhase(next.recovery, POLICY, seen);
    expect(again.happened).toEqual([]);
    expect(again.recovery).toEqual(next.recovery);
    expect(again.lookAt).toBe(next.lookAt);
    expect(next.lookAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
    ({ recovery } = next);
    lookAt = next.lookAt === undefined ? undefined : (next.lookAt - MERGED) / MINUTE;
  }
  return { happened, recovery, ...(lookAt !== undefined && { lookAt }) };
}

describe('what happens after a merge', () => {
  test.each<[string, Parameters<typeof play>[0], readonly string[], number | undefined]>([
    ['waits for the roll-out', [[0, ILL]], [], 10],
    [
      'rolled out, recovered, watched, verified',
      [
        [0, ILL],
        [1, ILL, OUT(1)],
        [3, WELL(3)],
        [5, WELL(3)],
        [123, WELL(3)],
      ],
      ['1 rolled-out', '5 recovered', '123 verified'],
      undefined,
    ],
    [
      'recovery has to last: a flapping alert never counts',
      [
        [1, ILL, OUT(1)],
        [3, WELL(3)],
        [4, ILL],
        [5, WELL(5)],
        [6.5, ILL],
        [15.5, WELL(15.5)],
        [16, ILL],
      ],
      ['1 rolled-out', '16 not-recovered'],
      136,
    ],
    [
      'what was well before the roll-out does not count',
      [
        [1, WELL(1)],
        [9, UNKNOWN, OUT(9)],
        [12, UNKNOWN],
        [24, UNKNOWN],
      ],
      ['9 rolled-out', '24 unverified'],
      144,
    ],
    [
      'nobody tells of the roll-out, and it recovers: that shows it',
      [
        [4, WELL(4)],
        [6, WELL(4)],
        [10, WELL(4)],
      ],
      ['10 recovered'],
      124,
    ],
    [
      'nobody tells of the roll-out, and nothing recovers',
      [
        [9, ILL],
        [10, ILL],
        [50, ILL],
      ],
      ['10 roll-out-late'],
      130,
    ],
    [
      'recovery that begins just before people would be called gets the time to last',
      [
        [9, WELL(9)],
        [10, WELL(9)],
        [11, WELL(9)],
      ],
      ['11 recovered'],
      129,
    ],
    [
      'a late roll-out is still one',
      [
        [10, ILL],
        [12, ILL, OUT(12)],
        [13, WELL(13)],
        [15, WELL(13)],
      ],
      ['10 roll-out-late', '12 rolled-out', '15 recovered'],
      133,
    ],
    [
      'a roll-out that failed is told once, and may succeed later',
      [
        [2, ILL, { rollOutFailed: { at: MERGED + 2 * MINUTE, name: 'argocd' } }],
        [3, ILL, { rollOutFailed: { at: MERGED + 3 * MINUTE, name: 'argocd' } }],
        [4, ILL, OUT(4)],
      ],
      ['2 roll-out-failed', '4 rolled-out'],
      19,
    ],
    [
      'not recovered, and later it does',
      [
        [1, ILL, OUT(1)],
        [16, ILL],
        [40, WELL(40)],
        [42, WELL(40)],
      ],
      ['1 rolled-out', '16 not-recovered', '42 recovered'],
      160,
    ],
    [
      'not recovered, and nobody does anything',
      [
        [1, ILL, OUT(1)],
        [16, ILL],
        [136, ILL],
      ],
      ['1 rolled-out', '16 not-recovered', '136 given-up'],
      undefined,
    ],
    [
      'an alert that fires again is a relapse at once',
      [
        [1, ILL, OUT(1)],
        [2, WELL(2)],
        [4, WELL(2)],
        [30, ILL],
        [31, WELL(31)],
        [33, WELL(31)],
      ],
      ['1 rolled-out', '4 recovered', '30 relapsed', '33 recovered'],
      151,
    ],
    [
      'a metric has to be ill for as long as it had to be well',
      [
        [1, ILL_METRIC, OUT(1)],
        [2, WELL(2)],
        [4, WELL(2)],
        [30, ILL_METRIC],
        [31, WELL(31)],
        [40, ILL_METRIC],
        [42, ILL_METRIC],
      ],
      ['1 rolled-out', '4 recovered', '42 relapsed'],
      57,
    ],
    [
      'no data while it is watched is no relapse, and at its end it is told',
      [
        [1, ILL, OUT(1)],
        [2, WELL(2)],
        [4, WELL(2)],
        [30, UNKNOWN],
        [122, UNKNOWN],
      ],
      ['1 rolled-out', '4 recovered', '122 unwatched'],
      undefined,
    ],
    [
      'somebody released something else',
      [
        [1, ILL, OUT(1)],
        [2, ILL, { superseded: true }],
      ],
      ['1 rolled-out', '2 superseded'],
      undefined,
    ],
  ])('%s', (_, looks, wanted, lookAt) => {
    const played = play(looks);
    expect(played.happened).toEqual(wanted);
    expect(played.lookAt).toBe(lookAt);
  });

  test('recovery counts from when it began, and not before the roll-out', () => {
    const { recovery } = play([
      [1, WELL(0.5), OUT(1)],
      [3, WELL(0.5)],
    ]);
    expect(recovery.recoveredAt).toBe(MERGED + MINUTE);
  });

  test('what is over stays so', () => {
    const over = { ...START, phase: 'over' } as const;
    const seen = { now: MERGED, judgement: ILL, superseded: true };
    expect(nextPhase(over, POLICY, seen)).toEqual({ recovery: over, happened: [] });
  });
});
