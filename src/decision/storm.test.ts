import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { alert, NOW, pastRollback, policy } from '../../fixtures/decision/input.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts';
import type { Evidence, PastRollback } from './decision.ts';
import {
  failingByAlert,
  failingByRollback,
  findStorm,
  HEARD_WITHIN,
  type Failing,
} from './storm.ts';

const RULE = { count: 3, within: 10 * MINUTE };
const fails = (model: string, ago: number, until = NOW + DAY): Failing => ({
  model,
  from: NOW - ago,
  until,
});

describe('findStorm', () => {
  test.each<[string, readonly Failing[], readonly string[] | undefined]>([
    ['nothing fails', [], undefined],
    ['one too few', [fails('a', 0), fails('b', MINUTE)], undefined],
    ['as many as the rule says', [fails('c', 0), fails('a', 1), fails('b', 2)], ['a', 'b', 'c']],
    [
      'one model in many environments, or by many alerts',
      [fails('a', 0), fails('a', 1), fails('a', 2), fails('b', 3)],
      undefined,
    ],
    [
      'the first and the last a window apart',
      [fails('a', 10 * MINUTE), fails('b', MINUTE), fails('c', 0)],
      undefined,
    ],
    [
      'the first and the last just less than a window apart',
      [fails('a', 10 * MINUTE - 1), fails('b', MINUTE), fails('c', 0)],
      ['a', 'b', 'c'],
    ],
    [
      'began together long ago, and all fail still',
      [fails('a', 5 * HOUR), fails('b', 5 * HOUR), fails('c', 5 * HOUR)],
      ['a', 'b', 'c'],
    ],
    [
      'began together, and one counts no more',
      [fails('a', HOUR), fails('b', HOUR), fails('c', HOUR, NOW)],
      undefined,
    ],
    [
      'one an hour, all failing still',
      [fails('a', HOUR), fails('b', 2 * HOUR), fails('c', 3 * HOUR)],
      undefined,
    ],
    [
      'two storms: the larger one is told',
      [
        ...['a', 'b', 'c', 'd'].map((model) => fails(model, HOUR)),
        ...['e', 'f', 'g'].map((model) => fails(model, 0)),
      ],
      ['a', 'b', 'c', 'd'],
    ],
  ])('%s', (_, failing, models) => {
    expect(findStorm(failing, RULE, NOW)?.models).toEqual(models);
  });

  it('says since when, and when to look again', () => {
    const failing = [fails('x', DAY, NOW + 5), fails('a', 3), fails('b', 2), fails('c', 1)];
    expect(findStorm(failing, RULE, NOW)).toMatchObject({ since: NOW - 3, until: NOW + 5 });
  });

  it('is what the words say, for anything that fails', () => {
    const failing = fc.array(
      fc.record({
        model: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        from: fc.integer({ min: NOW - HOUR, max: NOW }),
        until: fc.integer({ min: NOW - MINUTE, max: NOW + MINUTE }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(failing, (all) => {
        const counts = all.filter(({ until }) => until > NOW);
        const sizes = counts.map(
          (first) =>
            new Set(
              counts
                .filter(({ from }) => from >= first.from && from < first.from + RULE.within)
                .map(({ model }) => model),
            ).size,
        );
        const most = Math.max(0, ...sizes);
        const found = findStorm(all, RULE, NOW);
        expect(found?.models.length).toBe(most >= RULE.count ? most : undefined);
        // Without news it goes on until then, and none begins.
        const later = found ? found.until - 1 : NOW + 30 * SECOND;
        expect(findStorm(all, RULE, later) === undefined).toBe(found === undefined);
      }),
    );
  });
});

describe('what an alert says of its model', () => {
  const firing: Evidence = { alert, firings: [NOW - HOUR, NOW - MINUTE] };
  const resolved: Evidence = {
    alert: { ...alert, status: 'resolved', startsAt: NOW - HOUR, endsAt: NOW, receivedAt: NOW },
    firings: [],
  };
  const by = (evidence: Evidence, past: readonly PastRollback[] = []) =>
    failingByAlert(evidence, policy, past, RULE);
  const rolledBack: PastRollback = { ...pastRollback, openedAt: NOW - HOUR + 1 };

  it('fails since it was first seen firing, as long as it is heard of', () => {
    expect(by(firing)).toEqual({
      model: 'fraud-scorer',
      from: NOW - HOUR,
      until: NOW - MINUTE + HEARD_WITHIN,
    });
  });

  it('counts for one more window after it resolved', () => {
    expect(by(resolved)).toMatchObject({ from: NOW - HOUR, until: NOW + 10 * MINUTE });
  });

  test.each<[string, Evidence, readonly PastRollback[]]>([
    ['the policy would not merge for it', { ...firing, alert: { ...alert, severity: 'high' } }, []],
    [
      'it is over, and its sender never said when it began',
      { ...resolved, alert: { ...resolved.alert, startAssumed: true } },
      [],
    ],
    ['its rollback is merged', firing, [rolledBack]],
    ['somebody closed its rollback', firing, [{ ...rolledBack, state: 'closed-by-person' }]],
  ])('says nothing when %s', (_, evidence, past) => {
    expect(by(evidence, past)).toBeUndefined();
  });

  test.each<[string, PastRollback]>([
    ['an open rollback', { ...rolledBack, state: 'open' }],
    ['a rollback from before', { ...rolledBack, openedAt: NOW - HOUR - 1 }],
    ['a rollback of another target', { ...rolledBack, target: 'staging/fraud-scorer' }],
  ])('counts in spite of %s', (_, past) => {
    expect(by(firing, [past])).toBeDefined();
  });
});

test('a rollback counts for one window from its opening, whoever merges it', () => {
  const rollback = { ...pastRollback, target: 'production/eu/ranker', openedAt: NOW };
  expect(failingByRollback(rollback, RULE)).toEqual({
    model: 'ranker',
    from: NOW,
    until: NOW + 10 * MINUTE,
  });
});
