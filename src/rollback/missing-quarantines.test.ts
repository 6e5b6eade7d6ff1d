import { describe, expect, test } from 'vitest';
import type { ToldRollback } from '../releases/rolled-back.ts';
import { HOUR } from '../time.ts';
import { missingQuarantines } from './missing-quarantines.ts';

const NIGHT = Date.parse('2026-11-20T02:17:00Z');
const target = { environment: 'production', model: 'fraud' };
const [first, second] = ['1', '2'].map((digit) => digit.repeat(40)) as [string, string];

const rollback: ToldRollback = {
  badCommit: first,
  from: { model: '1.11', features: 'b' },
  to: { model: '1.10', features: 'a' },
  release: { commit: 'c'.repeat(40), at: NIGHT, subject: 'Roll back fraud: 1.11 → 1.10 (#12)' },
  because: { alert: { name: 'ScoresDrift', source: 'alertmanager', severity: 'critical' } },
};
const noted = { pins: { model: '1.11' }, incident: first, at: NIGHT, reason: 'x' };
const told = (over: Partial<ToldRollback> = {}, at = NIGHT, subject?: string): ToldRollback => ({
  ...rollback,
  ...over,
  release: { ...rollback.release, at, ...(subject !== undefined && { subject }) },
});

describe('what rollbacks quarantined and the state does not say', () => {
  const missing = (
    rollbacks: readonly ToldRollback[],
    quarantine: readonly (typeof noted)[] = [],
    now = NIGHT + HOUR,
  ) =>
    missingQuarantines({ target, quarantine }, rollbacks, now).map(
      ({ pins, incident, at, reason }) => [pins, incident?.[0], at - NIGHT, reason],
    );
  const why = 'Pull request #12 rolled it back for ScoresDrift (critical)';
  const { from: _, ...unknown } = rollback;

  test.each<[title: string, found: unknown, expected: readonly unknown[]]>([
    ['nothing', missing([]), []],
    ['one', missing([told()]), [[{ model: '1.11' }, '1', 0, why]]],
    ['one that is there', missing([told()], [noted]), []],
    [
      'one that is there with other pins',
      missing([told()], [{ ...noted, pins: { model: 'x' } }]),
      [],
    ],
    [
      'two, oldest first',
      missing([told({ badCommit: second }, NIGHT + 5), told()]),
      [
        [{ model: '1.11' }, '1', 0, why],
        [{ model: '1.11' }, '2', 5, why],
      ],
    ],
    [
      'the first rollback of one incident',
      missing([told({}, NIGHT + 5), told()]),
      [[{ model: '1.11' }, '1', 0, why]],
    ],
    [
      'a date ahead of the clock',
      missing([told({}, NIGHT + 9)], [], NIGHT + 4),
      [[{ model: '1.11' }, '1', 4, why]],
    ],
    ['a tuple that nobody can tell', missing([unknown]), []],
    ['a tuple that differs in nothing', missing([told({ to: rollback.from ?? {} })]), []],
    [
      'other features with the same model',
      missing([told({ to: { model: '1.11', features: 'a' } })]),
      [[{ features: 'b' }, '1', 0, why]],
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  test.each<[title: string, one: ToldRollback, reason: string]>([
    [
      'a merge commit',
      told({}, NIGHT, 'Merge pull request #7 from acme/lastgood/production/fraud/1111'),
      'Pull request #7 rolled it back for ScoresDrift (critical)',
    ],
    [
      'a commit without a number',
      told({}, NIGHT, 'Roll back'),
      'A rollback rolled it back for ScoresDrift (critical)',
    ],
    [
      'somebody who asked',
      told({
        because: {
          ...(rollback.because ?? { alert: { name: '', source: '', severity: '' } }),
          requestedBy: { login: 'ann', id: 7 },
          reason: 'It leaks',
        },
      }),
      'Pull request #12 rolled it back as ann asked: It leaks',
    ],
    [
      'no record',
      { badCommit: first, from: { model: 'b' }, to: { model: 'a' }, release: rollback.release },
      'Pull request #12 rolled it back',
    ],
  ])('the reason of %s', (_, one, reason) => {
    expect(missing([one])[0]?.[3]).toBe(reason);
  });
});
