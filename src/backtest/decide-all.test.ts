import { describe, expect, test } from 'vitest';
import { alert as sample, policy, repository, running } from '../../fixtures/decision/input.ts';
import type { Alert } from '../alerts/alert.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { Release } from '../releases/release.ts';
import { EMPTY_STATE, REPOSITORY_STATE, type Restriction } from '../state/state.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { DAY, HOUR, MINUTE, type Instant } from '../time.ts';
import { decideAll, type Signal, type World, type Would } from './decide-all.ts';
import { NO_STATE_HISTORY, type StateHistory } from './state-history.ts';
import type { Ran, RealRollback, Timeline } from './timeline.ts';

const START: Instant = Date.UTC(2026, 10, 1);
const END = START + 10 * DAY;
const QUICK = { ...policy, evidence: { consecutive: 1, minAge: 0 } };

const oid = (version: string): string => version.padEnd(40, '0');
function release(version: string, at: Instant): Release {
  const value = { version, value: version, token: version, line: 1 };
  return { ...running, commit: oid(version), at, values: { model: value, features: value } };
}

/** What ran: versions, each from so many hours after the start on. */
function timeline(
  versions: Readonly<Record<string, number>>,
  rollbacks: readonly RealRollback[] = [],
): Timeline {
  const all = Object.entries(versions);
  const ran = all.map(([version, hour], i): Ran => {
    const from = START + hour * HOUR;
    const next = all[i + 1];
    const isRollback = version.startsWith('back');
    return {
      release: release(version, from),
      from,
      ...(next && { until: START + next[1] * HOUR }),
      isRollback,
    };
  });
  return { ran, rollbacks };
}

function world(
  ran: Timeline,
  policies: readonly TargetPolicy[] = [QUICK],
  change: Partial<World> = {},
): World {
  const set = { repository, targets: policies, problems: [], disabled: [] };
  return {
    set,
    timelines: new Map<TargetKey, Timeline>(policies.map(({ target }) => [targetKey(target), ran])),
    state: NO_STATE_HISTORY,
    goal: async ({ ran: { release: now }, quarantine }) => {
      const before = ran.ran.map((one) => one.release).filter(({ at }) => at < now.at);
      const marked = new Set(quarantine.flatMap((one) => Object.values(one)));
      const goal = before.findLast(({ values }) => !marked.has(values['model']?.version ?? ''));
      if (!goal) return { kind: 'none', passedOver: [] };
      return { kind: 'release', release: goal, how: 'newest-good', passedOver: [] };
    },
    ...change,
  };
}

function signal(minute: number, change: Partial<Alert> = {}): Signal {
  const at = START + minute * MINUTE;
  return { at, alert: { ...sample, startsAt: at, receivedAt: at, ...change } };
}
const HOURS = 60;

interface Held {
  readonly hold?: Restriction;
  readonly freeze?: Restriction;
  readonly broken?: true;
}

/** What was held and frozen from some minutes on, each until the next. */
function stateOf(all: readonly (readonly [minute: number, said: Held])[]): StateHistory {
  return {
    changes: all
      .flatMap(([minute, { hold, freeze }]) => [
        { at: START + minute * MINUTE, blob: null },
        ...[hold, freeze].flatMap((one) => (one?.until === undefined ? [] : [{ at: one.until }])),
      ])
      .toSorted((a, b) => a.at - b.at),
    stateAt({ model, environment }, now) {
      const [, one] = all.findLast(([minute]) => START + minute * MINUTE <= now) ?? [];
      const target = { model, environment };
      const { hold, freeze, broken } = one ?? {};
      return {
        ...EMPTY_STATE,
        ...(freeze && { freeze }),
        targets: new Map([
          [targetKey(target), { target, ...(hold && { hold }), quarantine: [], relands: [] }],
        ]),
        unreadable: new Set(broken ? [REPOSITORY_STATE] : []),
      };
    },
  };
}

const said = (all: readonly Would[]): string[] =>
  all.map(
    ({ at, decision: { act, reason }, goal }) =>
      `${(at - START) / MINUTE} ${act} ${reason}${goal?.commit ? ` to ${goal.commit.replace(/0+$/, '')}` : ''}`,
  );

/** v2 runs from the tenth hour on, v3 from the thirtieth. */
const THREE = timeline({ a: 0, b: 10, c: 30 });

describe('what would have been decided', () => {
  test.each<[string, readonly Signal[], readonly string[]]>([
    ['nothing, where nothing was seen', [], []],
    ['a merge', [signal(11 * HOURS)], ['660 merge policy to a']],
    [
      'once for a release, however often it fires',
      [signal(11 * HOURS), signal(12 * HOURS), signal(20 * HOURS, { fingerprint: 'other' })],
      [
        '660 merge policy to a',
        '720 record already-rolled-back',
        '1200 record already-rolled-back',
      ],
    ],
    [
      'a review, which stays open while its release runs',
      [
        signal(11 * HOURS, { severity: 'high' }),
        signal(12 * HOURS, { severity: 'high' }),
        signal(31 * HOURS),
      ],
      [
        '660 review policy to a',
        '720 record rollback-in-progress',
        // What would have been rolled back is no goal.
        '1860 merge policy to a',
      ],
    ],
    [
      'a review that merges by itself once something worse is seen',
      [signal(11 * HOURS, { severity: 'high' }), signal(12 * HOURS), signal(13 * HOURS)],
      ['660 review policy to a', '720 merge policy', '780 record already-rolled-back'],
    ],
    [
      'a review within the cool-down of what would have merged',
      [signal(30 * HOURS - 10), signal(30 * HOURS + 10)],
      ['1790 merge policy to a', '1810 review cooldown to a'],
    ],
    [
      'nothing for an alert that began before its release',
      [signal(31 * HOURS, { startsAt: START + 29 * HOUR })],
      ['1860 record started-before-release'],
    ],
    ['people, where there is nothing to go back to', [signal(5 * HOURS)], ['300 notify no-goal']],
    ['nothing before anything ran', [signal(-5)], []],
    ['nothing of a model that nobody replays', [signal(660, { model: 'other' })], []],
  ])('%s', async (_, signals, expected) => {
    expect(said(await decideAll(signals, world(THREE), END))).toEqual(expected);
  });

  test('what waits for its time is looked at again then, unless it is over', async () => {
    const patient = { ...policy, evidence: { consecutive: 1, minAge: 5 * MINUTE } };
    const fires = signal(660);
    const over = signal(663, { status: 'resolved', endsAt: START + 663 * MINUTE });
    expect(said(await decideAll([fires], world(THREE, [patient]), END))).toEqual([
      '660 record too-young',
      '665 merge policy to a',
    ]);
    expect(said(await decideAll([fires, over], world(THREE, [patient]), END))).toEqual([
      '660 record too-young',
      '663 record resolved',
    ]);
    // The recording ends before its time comes.
    const end = START + 664 * MINUTE;
    expect(said(await decideAll([fires], world(THREE, [patient]), end))).toHaveLength(1);
  });

  test('rollbacks that really happened count until they are those that would have', async () => {
    const real = { badCommit: oid('b'), at: START + 12 * HOUR, automatic: true };
    const ran = timeline({ a: 0, b: 10, backa: 12, c: 13 }, [real]);
    const soon = signal(13 * HOURS + 1);
    const roomy = { ...QUICK, limits: { ...QUICK.limits, cooldown: 2 * HOUR } };
    expect(said(await decideAll([soon], world(ran, [roomy]), END))).toEqual([
      '781 review cooldown to backa',
    ]);
    // It would have merged an hour before the people did, and the cool-down counts from there.
    const both = await decideAll([signal(11 * HOURS), soon], world(ran, [roomy]), END);
    expect(said(both)).toEqual(['660 merge policy to a', '781 merge policy to backa']);
  });

  test('what people brought back by a rollback is not undone by itself', async () => {
    const ran = timeline({ a: 0, b: 10, backa: 12 });
    const [one] = await decideAll([signal(13 * HOURS)], world(ran), END);
    expect(one?.decision).toMatchObject({ act: 'review', reason: 'rollback-of-rollback' });
  });

  test('many models at once are a storm', async () => {
    const models = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'];
    const policies = models.map((model) => ({
      ...QUICK,
      target: { model, environment: 'production' },
    }));
    const signals = models.map((model, i) => signal(660 + i, { model, fingerprint: model }));
    const all = await decideAll(signals, world(THREE, policies), END);
    expect(all.map(({ decision }) => decision.reason)).toEqual([
      'policy',
      'policy',
      'policy',
      'policy',
      'storm',
      'storm',
    ]);
  });

  describe('what people held and froze then', () => {
    const reason = 'we look at it';
    const freeze = { reason };
    const patient = { ...policy, evidence: { consecutive: 1, minAge: 5 * MINUTE } };

    test.each<
      [string, readonly [minute: number, said: Held][], readonly Signal[], readonly string[]]
    >([
      [
        'a freeze keeps everything from being done, until it is lifted',
        [
          [600, { freeze }],
          [700, {}],
        ],
        [signal(660), signal(670, { severity: 'high', fingerprint: 'other' })],
        ['660 notify freeze', '670 notify freeze', '700 merge policy to a'],
      ],
      [
        'what is over by then is not done',
        [
          [600, { freeze }],
          [700, {}],
        ],
        [signal(660), signal(690, { status: 'resolved', endsAt: START + 690 * MINUTE })],
        ['660 notify freeze', '690 record resolved'],
      ],
      [
        'a freeze ends by itself when its time is up',
        [[600, { freeze: { reason, until: START + 680 * MINUTE } }]],
        [signal(660)],
        ['660 notify freeze', '680 merge policy to a'],
      ],
      [
        'a hold keeps it from merging, until it is lifted',
        [
          [600, { hold: freeze }],
          [700, {}],
        ],
        [signal(660), signal(710)],
        ['660 review hold to a', '700 merge policy', '710 record already-rolled-back'],
      ],
      [
        'a hold ends by itself when its time is up',
        [[600, { hold: { reason, until: START + 680 * MINUTE } }]],
        [signal(660), signal(690)],
        ['660 review hold to a', '680 merge policy', '690 record already-rolled-back'],
      ],
      [
        'what came later held nothing yet',
        [[661, { freeze, hold: freeze }]],
        [signal(660)],
        ['660 merge policy to a'],
      ],
      [
        'what was lifted before holds nothing',
        [
          [500, { freeze, hold: freeze }],
          [600, {}],
        ],
        [signal(660)],
        ['660 merge policy to a'],
      ],
      [
        'a state that cannot be read may hide a freeze',
        [[600, { broken: true }]],
        [signal(660)],
        ['660 notify state-unreadable'],
      ],
    ])('%s', async (_, held, signals, expected) => {
      const all = await decideAll(signals, world(THREE, [QUICK], { state: stateOf(held) }), END);
      expect(said(all)).toEqual(expected);
      // Nothing of it rests on what came after.
      for (const cut of [650, 665, 675, 695, 705]) {
        const until = START + cut * MINUTE;
        const known = held.filter(([minute]) => minute <= cut);
        const some = await decideAll(
          signals.filter(({ at }) => at <= until),
          world(THREE, [QUICK], { state: stateOf(known) }),
          until,
        );
        expect(said(some)).toEqual(said(all.filter(({ at }) => at <= until)));
      }
    });

    test('what was lifted is looked at with everything else that may hold it back', async () => {
      const state = stateOf([
        [600, { freeze }],
        [662, {}],
      ]);
      const all = await decideAll([signal(660)], world(THREE, [patient], { state }), END);
      expect(said(all)).toEqual(['660 record too-young', '665 merge policy to a']);
    });
  });

  test('does not depend on the order of the signals, nor on what comes later', async () => {
    const signals = [
      signal(11 * HOURS, { severity: 'high' }),
      signal(12 * HOURS),
      signal(29 * HOURS, { fingerprint: 'other' }),
      signal(31 * HOURS),
      signal(32 * HOURS, { status: 'resolved', endsAt: START + 32 * HOUR }),
      signal(40 * HOURS),
    ];
    const all = await decideAll(signals, world(THREE), END);
    expect(await decideAll(signals.toReversed(), world(THREE), END)).toEqual(all);
    for (let count = 1; count < signals.length; count += 1) {
      const some = await decideAll(signals.slice(0, count), world(THREE), END);
      expect(all.slice(0, some.length)).toEqual(some);
    }
  });
});
