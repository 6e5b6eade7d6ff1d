import { describe, expect, it, test } from 'vitest';
import { DAY, HOUR } from '../time.ts';
import type { Change } from './change.ts';
import { changeState } from './change-state.ts';
import {
  failedRelands,
  freezeOf,
  holdOf,
  isQuarantined,
  relandableAt,
  relandOf,
} from './look-up.ts';
import { readState } from './read-state.ts';
import { restrict } from './restrict.ts';
import { EMPTY_STATE, stateOf, statePath, type State } from './state.ts';

const NIGHT = Date.UTC(2026, 10, 20, 2, 17, 4);
const target = { environment: 'production/eu-west', model: 'fraud' };
const by = { login: 'ann', id: 4711 };
const pins = { model: '1.10' };
const bad = 'b'.repeat(40);
const again = 'c'.repeat(40);

const hold: Change = { kind: 'hold', target, by, at: NIGHT, reason: 'let me look' };
const quarantine: Change = {
  kind: 'quarantine',
  target,
  pins,
  incident: bad,
  at: NIGHT,
  reason: 'It was rolled back from',
};
const reland: Change = {
  kind: 'reland',
  target,
  pins,
  by,
  at: NIGHT + HOUR,
  reason: 'features mended',
};
const used: Change = { kind: 'used', target, pins, commit: again, at: NIGHT + 2 * HOUR };
const failed: Change = { ...quarantine, incident: again, at: NIGHT + 3 * HOUR };

/** Makes changes one after another; what is so already changes nothing. */
function made(...changes: readonly Change[]): State {
  return changes.reduce<State>((state, change) => {
    const outcome = changeState(state, change);
    return outcome.kind === 'changed' ? outcome.state : state;
  }, EMPTY_STATE);
}

/** The state's files after changes, by path. */
function filesAfter(...changes: readonly Change[]) {
  const files = new Map<string, string>();
  let state: State = EMPTY_STATE;
  for (const change of changes) {
    const outcome = changeState(state, change);
    if (outcome.kind !== 'changed') continue;
    state = outcome.state;
    for (const { path, text } of outcome.files) {
      if (text === null) files.delete(path);
      else files.set(path, text);
    }
  }
  return [...files].map(([path, text]) => ({ path, text }));
}

const EVERY: readonly Change[] = [
  { ...hold, until: NIGHT + 2 * HOUR },
  { kind: 'freeze', by, at: NIGHT, reason: 'migration: #1 @acme/all' },
  {
    kind: 'baseline',
    target,
    pins: { model: '1.9', 'image[0]': 'x' },
    commit: bad,
    by,
    at: NIGHT,
    reason: 'soaked',
  },
  quarantine,
  reland,
  used,
  {
    kind: 'quarantine',
    target,
    pins: { features: 'b', config: 'yes' },
    by,
    at: NIGHT,
    reason: 'leaks',
  },
  { kind: 'expire', at: NIGHT + DAY },
  { kind: 'unfreeze', by, at: NIGHT, reason: 'done' },
  hold,
  { kind: 'unhold', target, by, at: NIGHT },
];

describe('a change', () => {
  it('is written so that people read it', () => {
    const files = filesAfter(...EVERY.slice(0, 6));
    expect(files.map(({ path, text }) => `${path}\n${text}`).join('\n')).toMatchInlineSnapshot(`
      ".lastgood/state/targets/production/eu-west/fraud.yaml
      # Written by Lastgood. Commands change it: see docs/commands.md.
      hold:
        by:
          login: ann
          id: 4711
        at: 2026-11-20T02:17:04.000Z
        until: 2026-11-20T04:17:04.000Z
        reason: let me look
      baseline:
        commit: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
        pins:
          model: "1.9"
          image[0]: x
        by:
          login: ann
          id: 4711
        at: 2026-11-20T02:17:04.000Z
        reason: soaked
      quarantine:
        - pins:
            model: "1.10"
          incident: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
          at: 2026-11-20T02:17:04.000Z
          reason: It was rolled back from
      relands:
        - pins:
            model: "1.10"
          by:
            login: ann
            id: 4711
          at: 2026-11-20T03:17:04.000Z
          reason: features mended
          used: cccccccccccccccccccccccccccccccccccccccc

      .lastgood/state/repository.yaml
      # Written by Lastgood. Commands change it: see docs/commands.md.
      freeze:
        by:
          login: ann
          id: 4711
        at: 2026-11-20T02:17:04.000Z
        reason: "migration: #1 @acme/all"
      "
    `);
  });

  it('says in its commit who asked for what, and why', () => {
    let state: State = EMPTY_STATE;
    const messages = EVERY.map((change) => {
      const outcome = changeState(state, change);
      if (outcome.kind !== 'changed') throw new Error(`${change.kind}: ${outcome.kind}`);
      state = outcome.state;
      return `${outcome.message.headline}\n\n${outcome.message.body}`;
    });
    expect(messages.join('\n----\n')).toMatchInlineSnapshot(`
      "Hold production/eu-west/fraud

      @​ann asked for it at 2026-11-20 02:17:04 UTC, until 2026-11-20 04:17:04 UTC: let me look.

      Lastgood-State: hold
      Lastgood-Target: production/eu-west/fraud
      Lastgood-By: ann 4711
      Lastgood-At: 2026-11-20T02:17:04.000Z
      Lastgood-Until: 2026-11-20T04:17:04.000Z
      Lastgood-Reason: let me look
      ----
      Freeze Lastgood

      @​ann asked for it at 2026-11-20 02:17:04 UTC: migration: #​1 @​acme/all.

      Lastgood-State: freeze
      Lastgood-By: ann 4711
      Lastgood-At: 2026-11-20T02:17:04.000Z
      Lastgood-Reason: migration: %231 %40acme/all
      ----
      Designate 1.9 of production/eu-west/fraud as good

      @​ann asked for it at 2026-11-20 02:17:04 UTC: soaked.

      Lastgood-State: baseline
      Lastgood-Target: production/eu-west/fraud
      Lastgood-Pin: model=1.9
      Lastgood-Pin: image[0]=x
      Lastgood-Commit: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
      Lastgood-By: ann 4711
      Lastgood-At: 2026-11-20T02:17:04.000Z
      Lastgood-Reason: soaked
      ----
      Quarantine 1.10 of production/eu-west/fraud

      Lastgood did it at 2026-11-20 02:17:04 UTC: It was rolled back from.

      Lastgood-State: quarantine
      Lastgood-Target: production/eu-west/fraud
      Lastgood-Pin: model=1.10
      Lastgood-Bad: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
      Lastgood-At: 2026-11-20T02:17:04.000Z
      Lastgood-Reason: It was rolled back from
      ----
      Let 1.10 of production/eu-west/fraud come back once

      @​ann asked for it at 2026-11-20 03:17:04 UTC: features mended.

      Lastgood-State: reland
      Lastgood-Target: production/eu-west/fraud
      Lastgood-Pin: model=1.10
      Lastgood-By: ann 4711
      Lastgood-At: 2026-11-20T03:17:04.000Z
      Lastgood-Reason: features mended
      ----
      Note that 1.10 of production/eu-west/fraud came back

      It came with cccccccccccc. It needs another reland to come back again.

      Lastgood-State: used
      Lastgood-Target: production/eu-west/fraud
      Lastgood-Pin: model=1.10
      Lastgood-Commit: cccccccccccccccccccccccccccccccccccccccc
      Lastgood-At: 2026-11-20T04:17:04.000Z
      ----
      Quarantine features b and config yes of production/eu-west/fraud

      @​ann asked for it at 2026-11-20 02:17:04 UTC: leaks.

      Lastgood-State: quarantine
      Lastgood-Target: production/eu-west/fraud
      Lastgood-Pin: features=b
      Lastgood-Pin: config=yes
      Lastgood-By: ann 4711
      Lastgood-At: 2026-11-20T02:17:04.000Z
      Lastgood-Reason: leaks
      ----
      Take out what ended by itself

      Its time was up at 2026-11-21 02:17:04 UTC.

      Lastgood-State: expire
      Lastgood-At: 2026-11-21T02:17:04.000Z
      ----
      Lift the freeze of Lastgood

      @​ann asked for it at 2026-11-20 02:17:04 UTC: done.

      Lastgood-State: unfreeze
      Lastgood-By: ann 4711
      Lastgood-At: 2026-11-20T02:17:04.000Z
      Lastgood-Reason: done
      ----
      Hold production/eu-west/fraud

      @​ann asked for it at 2026-11-20 02:17:04 UTC: let me look.

      Lastgood-State: hold
      Lastgood-Target: production/eu-west/fraud
      Lastgood-By: ann 4711
      Lastgood-At: 2026-11-20T02:17:04.000Z
      Lastgood-Reason: let me look
      ----
      Lift the hold of production/eu-west/fraud

      @​ann asked for it at 2026-11-20 02:17:04 UTC.

      Lastgood-State: unhold
      Lastgood-Target: production/eu-west/fraud
      Lastgood-By: ann 4711
      Lastgood-At: 2026-11-20T02:17:04.000Z"
    `);
  });

  it('comes back from its files as it was', () => {
    for (let n = 1; n <= EVERY.length; n++) {
      const read = readState(filesAfter(...EVERY.slice(0, n)));
      expect(read.problems).toEqual([]);
      const { freeze, targets } = made(...EVERY.slice(0, n));
      expect(read.freeze).toEqual(freeze);
      expect(stateOf(read, target)).toEqual(targets.get('production/eu-west/fraud'));
    }
  });

  test.each<[title: string, before: readonly Change[], change: Change]>([
    ['a hold', [hold], hold],
    ['a shorter hold', [hold], { ...hold, until: NIGHT + HOUR }],
    ['no hold', [], { kind: 'unhold', target, by, at: NIGHT }],
    ['no freeze', [], { kind: 'unfreeze', by, at: NIGHT }],
    ['nothing over', [hold], { kind: 'expire', at: NIGHT + DAY }],
    ['the same rollback', [quarantine], { ...quarantine, at: NIGHT + HOUR }],
    [
      'somebody after a rollback',
      [quarantine],
      { kind: 'quarantine', target, pins, by, at: NIGHT + HOUR, reason: 'x' },
    ],
    ['an open reland', [quarantine, reland], { ...reland, at: NIGHT + 2 * HOUR }],
    ['a used reland', [quarantine, reland, used], used],
    ['no reland', [quarantine], used],
  ])('is already so: %s', (_, before, change) => {
    expect(changeState(made(...before), change)).toEqual({ kind: 'already' });
  });

  test.each<[title: string, before: readonly Change[], change: Change]>([
    ['a longer hold', [{ ...hold, until: NIGHT + HOUR }], hold],
    [
      'a hold after one whose time is up',
      [{ ...hold, until: NIGHT + HOUR }],
      { ...hold, at: NIGHT + DAY, until: NIGHT + DAY + 1 },
    ],
    ['a further rollback', [quarantine], failed],
    [
      'a quarantine after a reland',
      [quarantine, reland],
      { kind: 'quarantine', target, pins, by, at: NIGHT + 2 * HOUR, reason: 'x' },
    ],
    ['a reland after a used one', [quarantine, reland, used], { ...reland, at: NIGHT + DAY }],
  ])('changes something: %s', (_, before, change) => {
    expect(changeState(made(...before), change)).toMatchObject({ kind: 'changed' });
  });

  it('keeps quarantines in the order of what happened, though one is written down late', () => {
    const before = made({ ...quarantine, at: NIGHT }, { ...failed, at: NIGHT + DAY });
    const outcome = changeState(before, {
      ...quarantine,
      incident: 'd'.repeat(40),
      at: NIGHT + HOUR,
    });
    if (outcome.kind !== 'changed') throw new Error(outcome.kind);
    const days = stateOf(outcome.state, target).quarantine.map(({ at }) => (at ?? 0) - NIGHT);
    expect(days).toEqual([0, HOUR, DAY]);
  });

  it('does not overwrite what cannot be read', () => {
    const path = statePath(target);
    const state = readState([{ path, text: 'hold: [' }]);
    expect(changeState(state, hold)).toEqual({ kind: 'unreadable', file: path });
  });
});

describe('what holds', () => {
  it('ends by itself', () => {
    const state = made(
      { ...hold, until: NIGHT + HOUR },
      { kind: 'freeze', by, at: NIGHT, until: NIGHT + HOUR, reason: 'x' },
    );
    const at = (now: number) => [
      holdOf(state, target, now) !== undefined,
      freezeOf(state, now) !== undefined,
    ];
    expect([at(NIGHT), at(NIGHT + HOUR - 1), at(NIGHT + HOUR)]).toEqual([
      [true, true],
      [true, true],
      [false, false],
    ]);
  });

  test.each<[title: string, changes: readonly Change[], quarantined: boolean, relanded: boolean]>([
    ['nothing', [], false, false],
    ['a quarantine', [quarantine], true, false],
    ['a reland', [quarantine, reland], true, true],
    ['a reland without a quarantine in the state', [reland], false, true],
    ['a used reland', [quarantine, reland, used], true, false],
    ['a reland that failed', [quarantine, reland, used, failed], true, false],
    [
      'a reland after one that failed',
      [quarantine, reland, used, failed, { ...reland, at: NIGHT + DAY }],
      true,
      true,
    ],
    [
      'a reland that somebody took back',
      [
        quarantine,
        reland,
        { kind: 'quarantine', target, pins, by, at: NIGHT + 2 * HOUR, reason: 'x' },
      ],
      true,
      false,
    ],
    [
      'a reland of one suspect, while another one comes back too',
      [
        quarantine,
        reland,
        { kind: 'quarantine', target, pins: { features: 'b' }, by, at: NIGHT, reason: 'x' },
      ],
      true,
      false,
    ],
    [
      'a rollback that is written down after it was answered',
      [
        { ...reland, at: NIGHT + HOUR },
        { ...quarantine, at: NIGHT },
      ],
      true,
      true,
    ],
  ])('%s', (_, changes, quarantined, relanded) => {
    const state = made(...changes);
    const versions = { model: '1.10', features: 'b' };
    expect(isQuarantined(state, target, versions) !== undefined).toBe(quarantined);
    expect(relandOf(state, target, versions) !== undefined).toBe(relanded);
    expect(isQuarantined(state, target, { model: '1.9', features: 'a' })).toBeUndefined();
  });

  it('lets a version back later each time that it failed', () => {
    const rounds = (count: number): State => {
      const changes: Change[] = [quarantine];
      for (let n = 0; n < count; n++) {
        const commit = String(n).repeat(40);
        changes.push(
          { ...reland, at: NIGHT + n },
          { ...used, commit },
          { ...quarantine, incident: commit, at: NIGHT + n },
        );
      }
      return made(...changes);
    };
    const waits = [0, 1, 2, 3, 9].map((count) => {
      const state = stateOf(rounds(count), target);
      expect(failedRelands(state, pins)).toBe(count);
      const at = relandableAt(state, pins, 12 * HOUR);
      return at === undefined ? 'at once' : Math.floor((at - NIGHT) / HOUR);
    });
    expect(waits).toEqual(['at once', 24, 48, 96, 720]);
    const once = stateOf(made(quarantine, reland, used), target);
    expect(relandableAt(once, pins, 0)).toBeUndefined();
    expect(relandableAt(once, pins, 0, new Set([again]))).toBe(NIGHT + 2 * HOUR);
  });
});

describe('files that Lastgood did not write', () => {
  it('restrict more, and never less', () => {
    const trusted = made(hold, quarantine, { kind: 'freeze', by, at: NIGHT, reason: 'x' });
    const lifted = restrict(trusted, EMPTY_STATE);
    expect(lifted).toEqual({ ...trusted });
    const seen = made(
      { ...quarantine, pins: { model: '1.11' } },
      reland,
      { ...hold, target: { ...target, model: 'other' } },
      {
        kind: 'baseline',
        target,
        pins,
        commit: bad,
        by,
        at: NIGHT,
      },
    );
    const both = restrict(trusted, seen);
    const one = stateOf(both, target);
    expect(one.quarantine.map((each) => each.pins.model)).toEqual(['1.10', '1.11']);
    expect({ relands: one.relands, baseline: one.baseline }).toEqual({
      relands: [],
      baseline: undefined,
    });
    expect(holdOf(both, { ...target, model: 'other' }, NIGHT)).toBeDefined();
  });
});
