import { expect, test } from 'vitest';
import { DAY, MINUTE } from '../time.ts';
import { RELEASED } from './judge.fixture.ts';
import { evaluate } from './evaluate.ts';
import type { Monitor } from './monitor.ts';
import type { MonitorState } from './monitor-state.ts';

const BOUND = 0.02;
const MONITOR: Monitor = {
  name: 'safety',
  source: { kind: 'pushed' },
  series: { value: 'hits', total: 'answers' },
  judge: { kind: 'share', window: 30 * MINUTE, bound: BOUND, alphaPerDay: 0.05 },
  every: MINUTE,
  urgency: 'immediate',
  follow: { consecutive: 1, recover: 1, coolDown: 0, settle: 0 },
  repeat: 1,
};

/** Numbers that repeat from run to run (a linear congruence, Numerical Recipes). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Whether a look of a day is bad, each minute, when so many of 40 answers a minute are hits by chance. */
function isBadOnce(share: number, random: () => number): boolean {
  const release = { commit: 'c', releasedAt: RELEASED };
  let state: MonitorState | undefined;
  let [hits, answers] = [0, 0];
  for (let now = RELEASED; now < RELEASED + DAY; now += MINUTE) {
    for (let i = 0; i < 40; i += 1) if (random() < share) hits += 1;
    answers += 40;
    const samples = { value: [{ at: now, value: hits }], total: [{ at: now, value: answers }] };
    const outcome = evaluate(MONITOR, state, { now, release, samples });
    if (outcome.judgement?.verdict === 'bad') return true;
    ({ state } = outcome);
  }
  return false;
}

test('1,440 looks a day at a share that lies at its bound are bad on fewer days than one look may be', () => {
  const random = createRandom(7);
  const days = 150;
  const bad = Array.from({ length: days }, () => isBadOnce(BOUND, random)).filter(Boolean).length;
  // Without an account for repetition, one look in forty would be: some on every day.
  expect(bad / days).toBeLessThanOrEqual(0.05);
});

test('and what is truly worse is still found', () => {
  const random = createRandom(11);
  const found = Array.from({ length: 20 }, () => isBadOnce(0.05, random)).filter(Boolean).length;
  expect(found).toBe(20);
});
