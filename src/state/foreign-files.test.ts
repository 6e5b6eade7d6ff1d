import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatProblem } from '../policy/format-problem.ts';
import { freezeOf, holdOf, unreadableOf } from './look-up.ts';
import { readState } from './read-state.ts';
import { stateOf, statePath } from './state.ts';

const NIGHT = Date.UTC(2026, 10, 20, 2, 17, 4);
const target = { environment: 'production/eu-west', model: 'fraud' };

describe('files that Lastgood did not write', () => {
  const path = statePath(target);
  const at = '2026-11-20T02:17:04Z';
  const said = (text: string, file = path) => {
    const state = readState([{ path: file, text }]);
    const one = stateOf(state, target);
    return [
      ...(holdOf(state, target, NIGHT) ? ['held'] : []),
      ...(freezeOf(state, NIGHT) ? ['frozen'] : []),
      ...(one.baseline ? ['baseline'] : []),
      ...one.quarantine.map((each) => `quarantined ${JSON.stringify(each.pins)}`),
      ...one.relands.map(() => 'reland'),
      ...(unreadableOf(state, target) === undefined ? [] : ['unreadable']),
      ...state.problems.map((problem) => formatProblem(problem).replace(/^[^:]*\//, '')),
    ];
  };

  test.each<[title: string, text: string, expected: readonly unknown[]]>([
    ['a hold of nothing', 'hold:', ['held', expect.stringContaining('fraud.yaml:1:1')]],
    ['a hold of a word', 'hold: yes', ['held', expect.stringContaining('expected a mapping')]],
    [
      'a hold until some day',
      `hold: { by: { login: a, id: 1 }, at: ${at}, until: tomorrow, reason: x }`,
      [
        'held',
        expect.stringContaining(
          'fraud.yaml:1:67: `until` is "tomorrow", which is no moment in UTC',
        ),
      ],
    ],
    [
      'a hold with more than is known',
      `hold: { by: { login: a, id: 1 }, at: ${at}, until: 2020-01-01T00:00:00Z, reason: x, force: no }`,
      ['held', expect.stringContaining('unknown key "force"')],
    ],
    [
      'a key that is nearly one',
      'hodl: x',
      ['unreadable', expect.stringContaining('unknown key "hodl"')],
    ],
    [
      'a quarantine without its reason',
      'quarantine: [{ pins: { model: 1.10 } }]',
      ['quarantined {"model":"1.10"}', expect.anything(), expect.anything()],
    ],
    [
      'a quarantine without pins',
      `quarantine: [{ at: ${at}, reason: x }]`,
      ['unreadable', expect.stringContaining('no `pins`')],
    ],
    [
      'a quarantine of no pin',
      `quarantine: [{ pins: { __proto__: x }, at: ${at}, reason: x }]`,
      ['unreadable', expect.anything()],
    ],
    [
      'a quarantine that is no list',
      'quarantine: { pins: { model: 1 } }',
      ['unreadable', expect.stringContaining('`quarantine` is no list')],
    ],
    [
      'a reland by nobody',
      `relands: [{ pins: { model: 1 }, at: ${at}, reason: x }]`,
      [expect.stringContaining('no `by`')],
    ],
    ['relands that are no list', 'relands: all', [expect.stringContaining('`relands` is no list')]],
    [
      'a baseline of no commit',
      `baseline: { commit: main, pins: { model: 1 }, by: { login: a, id: 1 }, at: ${at} }`,
      [expect.stringContaining('no commit')],
    ],
    ['no YAML', 'hold: [', ['unreadable', expect.anything()]],
    ['a list', '- hold', ['unreadable', expect.stringContaining('no mapping')]],
    ['nothing', '', ['unreadable', expect.stringContaining('empty')]],
    [
      'a billion laughs',
      `a: &a [${'x,'.repeat(99)}]\nb: &b [${'*a,'.repeat(99)}]\nhold: [${'*b,'.repeat(99)}]`,
      ['unreadable', expect.anything()],
    ],
    [
      'the same key twice',
      'hold: x\nhold: y',
      ['held', 'unreadable', expect.stringContaining('second time')],
    ],
  ])('%s', (_, text, expected) => {
    const found = said(text);
    expect(found).toEqual(expect.arrayContaining([...expected]));
    const marks = (all: readonly unknown[]) =>
      all.filter(
        (one) =>
          typeof one === 'string' &&
          /^(held|frozen|baseline|quarantined|reland|unreadable)/.test(one),
      );
    expect(marks(found)).toEqual(marks(expected));
  });

  it('elsewhere are passed over or told', () => {
    expect(said('hold: x', 'targets/production/eu-west/fraud.yaml')).toEqual([]);
    expect(said('hold: x', '.lastgood/state/targets/x.yml')).toEqual([
      expect.stringContaining('no state file'),
    ]);
    expect(said('freeze: x', '.lastgood/state/repository.yaml')).toEqual([
      'frozen',
      expect.anything(),
    ]);
    expect(said('freeze: [', '.lastgood/state/repository.yaml')).toEqual([
      'unreadable',
      expect.anything(),
    ]);
  });

  it('are never a reason to throw', () => {
    const piece = fc.constantFrom(
      'hold:',
      'quarantine:',
      'relands:',
      ' [',
      ']',
      '{',
      '}',
      '\n',
      '- ',
      'pins: ',
      'model: 1',
      `at: ${at}`,
      '&a',
      '*a',
      ': ',
      '  ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
        const state = readState([{ path, text: pieces.join('') }]);
        expect(state.problems.length).toBeLessThanOrEqual(50);
      }),
    );
  });
});
