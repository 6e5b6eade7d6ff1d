import { describe, expect, test } from 'vitest';
import { policy, running } from '../../fixtures/decision/input.ts';
import type { Rung } from '../policy/policy.ts';
import type { Selection } from '../releases/selection.ts';
import { versionsOf } from '../releases/versions.ts';
import { hasNextRung, isUsual, rungsOf, takeRung } from './ladder.ts';

const at = (version: string) => ({ version, value: version, token: version, line: 1 });
const bad = { ...running, values: { model: at('1.10'), features: at('f-10'), image: at('s-2') } };
const good = { ...running, values: { model: at('1.9'), features: at('f-9'), image: at('s-1') } };
const chosen: Selection = { kind: 'release', release: good, how: 'newest-good', passedOver: [] };

describe('what a rung takes', () => {
  test.each<[Rung, Record<string, string>]>([
    ['release', { model: '1.9', features: 'f-9', image: 's-1' }],
    [['model', 'features'], { model: '1.9', features: 'f-9', image: 's-2' }],
    [['image'], { model: '1.10', features: 'f-10', image: 's-1' }],
  ])('%s', (rung, versions) => {
    const taken = takeRung(rung, policy, bad, chosen);
    expect(taken.kind === 'release' && versionsOf(taken.release)).toEqual(versions);
  });

  test('the fallback, whatever was chosen', () => {
    const fallback = { model: 'rules', features: 'none' };
    const taken = takeRung('fallback', { fallback }, bad, chosen);
    expect(taken).toEqual({ kind: 'fallback', values: fallback, passedOver: [] });
  });

  test('of nothing good there is no part', () => {
    const none: Selection = { kind: 'none', passedOver: [] };
    expect(takeRung(['image'], policy, bad, none)).toEqual(none);
  });
});

test('rungs are counted as the policy lists them', () => {
  const rungs = rungsOf({ ladder: ['release', ['image'], 'fallback'] }, 1, 'f'.repeat(40));
  expect(rungs.map(({ number, rung }) => [number, rung])).toEqual([
    [2, ['image']],
    [3, 'fallback'],
  ]);
  const first = 'f'.repeat(40);
  expect(isUsual({ number: 1, rung: 'release', first })).toBe(true);
  expect(isUsual({ number: 1, rung: ['image'], first })).toBe(false);
});

test('a release that no rollback brought has no next rung', () => {
  expect(hasNextRung({ ladder: ['release', 'fallback'] }, running)).toBe(false);
});
