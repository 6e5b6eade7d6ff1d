import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../time.ts';
import type { Followed, Stand } from './follow.ts';
import type { Judgement } from './judgement.ts';
import { standingOf } from './standing.ts';

const RUNNING = 'a'.repeat(40);

const follow = (stand: Stand): Followed => ({
  stand,
  bad: 3,
  good: 0,
  releasedAt: 1,
  knownAt: 20,
  judgedAt: 30,
  badSince: 10,
});

const MONITOR = {
  name: 'accuracy',
  every: 30 * SECOND,
  judge: { kind: 'threshold' },
  follow: { settle: 0 },
} as Parameters<typeof standingOf>[0];

test.each([
  ['firing', 'threshold', RUNNING, { stand: 'fires', since: 10 }],
  ['firing', 'early-warning', RUNNING, { stand: 'warns', since: 10 }],
  ['blind', 'threshold', RUNNING, { stand: 'blind', since: 20 }],
  ['suspect', 'threshold', RUNNING, { stand: 'quiet' }],
  ['quiet', 'threshold', RUNNING, { stand: 'quiet' }],
  ['firing', 'threshold', 'b'.repeat(40), { stand: 'quiet' }],
] as const)('%s by %s, about %s', (stand, kind, commit, expected) => {
  const state = { release: { commit, releasedAt: 1 }, follow: follow(stand) };
  const monitor = { ...MONITOR, judge: { kind } } as Parameters<typeof standingOf>[0];
  expect(standingOf(monitor, state, RUNNING)).toEqual({ name: 'accuracy', ...expected });
});

test('one that never looked is quiet', () => {
  expect(standingOf(MONITOR, undefined, RUNNING)).toEqual({ name: 'accuracy', stand: 'quiet' });
});

test.each([
  ['just now', 20 + 5 * MINUTE - 1, {}, 'quiet'],
  ['for a while', 20 + 5 * MINUTE, {}, { since: 20 }],
  ['for two of its looks', 20 + 10 * MINUTE, { every: 5 * MINUTE }, 'quiet'],
  ['for three of its looks', 20 + 15 * MINUTE, { every: 5 * MINUTE }, { since: 20 }],
  ['while it settles', 10 * MINUTE, { follow: { settle: 10 * MINUTE } }, 'quiet'],
] as const)('one that has come to no verdict %s', (_, lookedAt, more, expected) => {
  const release = { commit: RUNNING, releasedAt: 1 };
  const last = { verdict: 'inconclusive', reason: 'no-data' } as Judgement;
  const state = { release, follow: follow('quiet'), lookedAt, last };
  const monitor = { ...MONITOR, ...more } as Parameters<typeof standingOf>[0];
  expect(standingOf(monitor, state, RUNNING)).toEqual({
    name: 'accuracy',
    ...(expected === 'quiet' ? { stand: 'quiet' } : { stand: 'unsure', ...expected, found: last }),
  });
  const unheard = { ...state, unheardSince: 20 };
  expect(standingOf(monitor, unheard, RUNNING)).toEqual({
    name: 'accuracy',
    ...(lookedAt === 10 * MINUTE || expected !== 'quiet'
      ? { stand: 'unheard', since: 20 }
      : { stand: 'quiet' }),
  });
});
