import { expect, test } from 'vitest';
import type { Judgement } from '../monitors/judgement.ts';
import type { FollowRule } from '../monitors/follow.ts';
import type { Spell } from '../monitors/spell.ts';
import { MINUTE } from '../time.ts';
import { monitorSentence, passedSentence } from './monitors.ts';

const AT = Date.UTC(2026, 10, 20, 2, 17);
const BAD: Judgement = {
  judge: 'threshold',
  verdict: 'bad',
  reason: 'beyond',
  value: 0.04,
  bound: 0.5,
  evidence: {
    samples: 6,
    from: AT - 5 * MINUTE,
    to: AT,
    dropped: { nan: 0, infinite: 0, repeated: 0 },
    facts: {},
  },
};
const RULE: FollowRule = { consecutive: 3, recover: 3, coolDown: 10 * MINUTE, settle: 0 };

test.each<[string, Parameters<typeof monitorSentence>[2], string]>([
  ['in a row', { bad: 3 }, '3 bad looks in a row.'],
  ['in a row or not', { bad: 1, failed: 4 }, '4 bad looks at this release.'],
])('what fires says how often it was bad, %s', (_, follow, expected) => {
  expect(monitorSentence(BAD, 'diversity', follow)).toContain(expected);
  expect(monitorSentence(undefined, 'diversity', follow)).toContain(expected.replace('.', ''));
});

test.each<[string, FollowRule, string]>([
  ['too few in a row', RULE, 'the policy waits for 3'],
  ['a cool-down', { ...RULE, consecutive: 2 }, 'it had just fired'],
  ['a limit', { ...RULE, failureLimit: 4 }, 'the policy lets 4 of a release pass'],
])('what passed says why nothing was done: %s', (_, follow, expected) => {
  const spell: Spell = { kind: 'suspect', since: AT, until: AT + MINUTE, looks: 2, found: BAD };
  const sentence = passedSentence('production/ranker', { name: 'diversity', follow }, spell);
  expect(sentence).toContain('Nothing was done about production/ranker');
  expect(sentence).toContain(expected);
});
