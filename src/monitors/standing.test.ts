import { expect, test } from 'vitest';
import type { Followed, Stand } from './follow.ts';
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

test.each([
  ['firing', 'threshold', RUNNING, { stand: 'fires', since: 10 }],
  ['firing', 'early-warning', RUNNING, { stand: 'warns', since: 10 }],
  ['blind', 'threshold', RUNNING, { stand: 'blind', since: 20 }],
  ['suspect', 'threshold', RUNNING, { stand: 'quiet' }],
  ['quiet', 'threshold', RUNNING, { stand: 'quiet' }],
  ['firing', 'threshold', 'b'.repeat(40), { stand: 'quiet' }],
] as const)('%s by %s, about %s', (stand, kind, commit, expected) => {
  const state = { release: { commit, releasedAt: 1 }, follow: follow(stand) };
  const monitor = { name: 'accuracy', judge: { kind } } as Parameters<typeof standingOf>[0];
  expect(standingOf(monitor, state, RUNNING)).toEqual({ name: 'accuracy', ...expected });
});

test('one that never looked is quiet', () => {
  const monitor = { name: 'accuracy', judge: { kind: 'threshold' } } as Parameters<
    typeof standingOf
  >[0];
  expect(standingOf(monitor, undefined, RUNNING)).toEqual({ name: 'accuracy', stand: 'quiet' });
});
