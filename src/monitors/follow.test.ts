import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../time.ts';
import { beginFollowing, follow, type Followed, type FollowRule, type Step } from './follow.ts';
import type { Verdict } from './judgement.ts';

const RELEASED = Date.UTC(2026, 10, 20);
const rule: FollowRule = {
  consecutive: 3,
  recover: 2,
  coolDown: 10 * MINUTE,
  settle: 5 * MINUTE,
  noDataAfter: 15 * MINUTE,
};

const LETTERS: Readonly<Record<string, Verdict>> = { g: 'good', b: 'bad', i: 'inconclusive' };

/** One judgement a minute, each a letter; `.` is a minute without one. */
function play(
  letters: string,
  from = RELEASED + 5 * MINUTE,
  before = beginFollowing(RELEASED),
  by = rule,
) {
  let state: Followed = before;
  const steps: Step[] = [];
  letters.split('').forEach((letter, i) => {
    const verdict = LETTERS[letter];
    if (!verdict) return;
    const at = from + i * MINUTE;
    const next = follow(by, state, { verdict }, { at, releasedAt: RELEASED });
    state = next.state;
    steps.push(next.step);
  });
  return { state, steps, stand: state.stand, last: steps.at(-1) };
}

describe('from judgement to decision', () => {
  it.each([
    ['g', 'quiet', 'counted'],
    ['bb', 'suspect', 'counted'],
    ['bbb', 'firing', 'fired'],
    ['bbbb', 'firing', 'goes-on'],
    ['bbgb', 'suspect', 'counted'],
    ['bibib', 'firing', 'fired'],
    ['b....b....b', 'firing', 'fired'],
    ['bbbg', 'firing', 'counted'],
    ['bbbgbg', 'firing', 'counted'],
    ['bbbgg', 'quiet', 'recovered'],
    ['bbbggbbb', 'suspect', 'cooling'],
    ['bbbggbbbbbbbbbb', 'firing', 'fired'],
    ['iiiiiiiiii', 'quiet', 'unknown'],
    ['iiiiiiiiiii', 'blind', 'blinded'],
    ['iiiiiiiiiiigg', 'quiet', 'recovered'],
    ['iiiiiiiiiiibbb', 'firing', 'fired'],
  ] as const)('%s is %s: %s', (letters, stand, last) => {
    expect(play(letters)).toMatchObject({ stand, last });
  });

  it.each([
    [2, 'bb', 'suspect', 'counted'],
    [2, 'bbb', 'firing', 'fired'],
    // In a row or not, and whatever lies between.
    [2, 'bgbgggb', 'firing', 'fired'],
    [2, 'bgibiig', 'quiet', 'counted'],
    [0, 'gggb', 'firing', 'fired'],
    [2, 'bbbg', 'firing', 'counted'],
    [2, 'bbbgg', 'quiet', 'recovered'],
    // What was before is counted no more.
    [2, 'bbbggggggggggggbb', 'suspect', 'counted'],
    [2, 'bbbggggggggggggbgbb', 'firing', 'fired'],
    [2, 'bbbggbbb', 'suspect', 'cooling'],
  ] as const)('with a failure limit of %d, %s is %s: %s', (failureLimit, letters, stand, last) => {
    const by = { ...rule, failureLimit };
    expect(play(letters, undefined, undefined, by)).toMatchObject({ stand, last });
    expect(play(letters)?.state).not.toHaveProperty('failed');
  });

  it('counts failures for each release anew', () => {
    const by = { ...rule, failureLimit: 2 };
    const { state } = play('bb', undefined, undefined, by);
    expect(state.failed).toBe(2);
    const at = RELEASED + 60 * MINUTE;
    const next = follow(by, state, { verdict: 'bad' }, { at, releasedAt: RELEASED + 30 * MINUTE });
    expect(next).toMatchObject({ step: 'counted', state: { failed: 1 } });
  });

  it('does not judge a release that is too young', () => {
    const young = play('bbbb', RELEASED);
    expect(young.steps).toEqual(['settling', 'settling', 'settling', 'settling']);
    expect(young.stand).toBe('quiet');
  });

  it('judges no moment twice, and none that is past', () => {
    const { state } = play('bb');
    const again = play('bb', RELEASED + 5 * MINUTE, state);
    expect(again.steps).toEqual(['repeated', 'repeated']);
    expect(again.state).toEqual(state);
  });

  it('begins anew with a release, but goes on cooling down', () => {
    const { state } = play('bbbgg');
    const at = RELEASED + 12 * MINUTE;
    const next = follow({ ...rule, settle: 0 }, state, { verdict: 'bad' }, { at, releasedAt: at });
    expect(next.state).toMatchObject({ bad: 1, releasedAt: at, coolUntil: state.coolUntil });
  });

  it('never fires without enough bad looks', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('g', 'b', 'i'), { maxLength: 80 }), (letters) => {
        const upTo = letters.map((_, i) => play(letters.slice(0, i + 1).join('')));
        upTo.forEach((played, i) => {
          if (played.last !== 'fired') return;
          const told = letters.slice(0, i + 1).filter((letter) => letter !== 'i');
          expect(told.slice(-3)).toEqual(['b', 'b', 'b']);
        });
      }),
      { numRuns: 50 },
    );
  });
});
