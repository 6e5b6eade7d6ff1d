import { describe, expect, test } from 'vitest';
import { DRILL_PHASES, type DrillPhase, type DrillRun, type PhaseResult } from './drill.ts';
import {
  callsPeople,
  mergesInDrill,
  nextPhase,
  outcomeOf,
  whyGiveUp,
  whyNotNow,
  type Ground,
} from './plan-drill.ts';

const result = (phase: DrillPhase, outcome: PhaseResult['outcome'] = 'passed'): PhaseResult => ({
  phase,
  outcome,
  finding: 'Found.',
  took: 1,
});
const pull = { number: 7, url: '', head: 'h' };
const merged = { commit: 'c' };

/** Plays a drill to its end: each phase passes, but for those given. */
function play(
  merges: boolean,
  outcomes: Partial<Record<DrillPhase, PhaseResult['outcome']>> = {},
  giveUpBefore?: DrillPhase,
): string {
  let run: DrillRun = { target: 'staging/fraud', startedAt: 1, results: [] };
  const done: string[] = [];
  for (let steps = 0; steps < 20; steps += 1) {
    let phase = nextPhase(run, merges);
    if (phase !== undefined && phase === giveUpBefore) {
      run = { ...run, givenUp: 'rollback-open' };
      phase = nextPhase(run, merges);
    }
    if (phase === undefined) return `${done.join(' ')} = ${outcomeOf(run)}`;
    const outcome = outcomes[phase] ?? 'passed';
    done.push(outcome === 'passed' ? phase : `${phase}:${outcome}`);
    run = {
      ...run,
      results: [...run.results, result(phase, outcome)],
      ...(phase === 'propose' && outcome === 'passed' && { pull }),
      ...(phase === 'merge' && outcome === 'passed' && { merged }),
    };
  }
  throw new Error('It never ends.');
}

describe('the phases of a drill', () => {
  test.each([
    [
      'passes without merging',
      play(false),
      'goal artefact permissions approvers propose mergeable close = passed',
    ],
    [
      'merges and restores in its environment',
      play(true),
      'goal artefact permissions approvers propose mergeable merge restore close = passed',
    ],
    [
      'goes on after a failure, to find the next',
      play(false, { artefact: 'failed', approvers: 'failed' }),
      'goal artefact:failed permissions approvers:failed propose mergeable close = failed',
    ],
    [
      'opens nothing without a goal',
      play(false, { goal: 'failed' }),
      'goal:failed artefact permissions approvers = failed',
    ],
    [
      'closes what may have been opened',
      play(false, { propose: 'failed' }),
      'goal artefact permissions approvers propose:failed close = failed',
    ],
    [
      'merges nothing that would not merge',
      play(true, { mergeable: 'failed' }),
      'goal artefact permissions approvers propose mergeable:failed close = failed',
    ],
    [
      'restores nothing that did not merge',
      play(true, { merge: 'failed' }),
      'goal artefact permissions approvers propose mergeable merge:failed close = failed',
    ],
    [
      'a skipped phase is no failure',
      play(false, { artefact: 'skipped' }),
      'goal artefact:skipped permissions approvers propose mergeable close = passed',
    ],
    ['given up at the beginning', play(false, {}, 'goal'), ' = given-up'],
    [
      'given up before it opens anything',
      play(false, {}, 'propose'),
      'goal artefact permissions approvers close = given-up',
    ],
    [
      'given up once it is open',
      play(false, {}, 'mergeable'),
      'goal artefact permissions approvers propose close = given-up',
    ],
    [
      'given up once it merged: it is restored all the same',
      play(true, {}, 'restore'),
      'goal artefact permissions approvers propose mergeable merge restore close = given-up',
    ],
    [
      'given up, and not restored: that is a failure',
      play(true, { restore: 'failed' }, 'restore'),
      'goal artefact permissions approvers propose mergeable merge restore:failed close = failed',
    ],
  ])('%s', (_, found, expected) => expect(found).toBe(expected));

  test('no phase is left out', () => {
    expect(play(true).split(' = ')[0]?.split(' ')).toEqual([...DRILL_PHASES]);
  });
});

test.each([
  ['staging', undefined, false],
  ['staging', 'staging', true],
  ['production', 'staging', false],
  ['production/eu-west', 'production', false],
])(
  'a drill of %s merges where the environment of drills is %s: %s',
  (environment, named, merges) => {
    expect(mergesInDrill({ environment }, named === undefined ? {} : { environment: named })).toBe(
      merges,
    );
  },
);

const calm: Ground = {
  running: 'none',
  rollbackOpen: false,
  rollbackFollowed: false,
  restrictions: {},
  storm: false,
};
const by = { by: { login: 'ann', id: 1 }, at: 0, reason: 'why' } as never;

test.each([
  ['nothing', {}, undefined],
  ['a drill of the target', { running: 'this', rollbackOpen: true }, 'running'],
  ['a drill of another', { running: 'other' }, 'other-drill'],
  ['an open rollback', { rollbackOpen: true, storm: true }, 'rollback-open'],
  ['a merged rollback that is followed', { rollbackFollowed: true }, 'rollback-followed'],
  ['a hold', { restrictions: { hold: by, freeze: by } }, 'hold'],
  ['a freeze', { restrictions: { freeze: by } }, 'freeze'],
  [
    'a state that is not Lastgood’s own',
    { restrictions: { untrusted: { by: 'x' } } },
    'state-unreadable',
  ],
  ['a storm', { storm: true, rollbackFollowed: true }, 'storm'],
] as const)('with %s', (_, change, expected) => {
  expect(whyNotNow({ ...calm, ...change })).toBe(expected);
});

test.each([
  ['passed', ['passed'], false],
  ['failed', ['passed'], true],
  ['failed', ['passed', 'failed'], false],
  ['failed', ['failed', 'passed', 'given-up'], true],
  ['failed', [], false],
  ['given-up', ['passed'], false],
] as const)('a drill that %s after %j calls people: %s', (outcome, past, expected) => {
  const before = past.map((one) => ({ outcome: one }));
  expect(callsPeople({ outcome, results: [] }, before)).toBe(expected);
});

test('what merged and was not restored calls people whatever was before', () => {
  expect(callsPeople({ outcome: 'failed', results: [result('restore', 'failed')] }, [])).toBe(true);
});

test.each([
  [{}, undefined],
  [{ running: 'this' }, undefined],
  [{ rollbackOpen: true }, 'rollback-open'],
  [{ rollbackFollowed: true }, 'rollback-open'],
  [{ restrictions: { hold: by } }, 'hold'],
  [{ storm: true }, 'storm'],
] as const)('a drill under way, with %j, is given up: %s', (change, expected) => {
  expect(whyGiveUp({ ...calm, ...change })).toBe(expected);
});
