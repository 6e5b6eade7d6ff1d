import { describe, expect, test } from 'vitest';
import { demanding, passedRecord } from '../../fixtures/decision/backtest.ts';
import { NOW, policy, repository } from '../../fixtures/decision/input.ts';
import type { ApprovalPolicy, PolicySet, Principal, TargetPolicy } from '../policy/policy.ts';
import { findWiderPowers, gainers } from './find-wider-powers.ts';

const ann: Principal = { kind: 'user', login: 'ann' };
const bob: Principal = { kind: 'user', login: 'bob' };
const sre: Principal = { kind: 'team', org: 'acme', slug: 'sre' };
const role = (name: 'write' | 'maintain'): Principal => ({ kind: 'role', role: name });

const setOf = (...targets: readonly TargetPolicy[]): PolicySet => ({
  repository,
  targets,
  problems: [],
  disabled: [],
});
const approving = (change: Partial<ApprovalPolicy>): TargetPolicy => ({
  ...policy,
  approvals: { ...policy.approvals, from: [ann], ...change },
});
const group = (name: string, from: readonly Principal[], required = 1) => ({
  name,
  from,
  required,
});
const grouped = (...groups: readonly ReturnType<typeof group>[]): TargetPolicy =>
  approving({
    groups,
    from: groups.flatMap((one) => one.from),
    required: groups.reduce((sum, one) => sum + one.required, 0),
  });

const reviewing: TargetPolicy = { ...policy, respond: { ...policy.respond, critical: 'review' } };
const lessDemanding = (...args: Parameters<typeof demanding>): TargetPolicy => {
  const { backtest, ...rest } = demanding(...args);
  return { ...rest, ...(backtest && { backtest: { ...backtest, found: 0 } }) };
};

describe('what a change of a policy widens', () => {
  const own = (...owners: readonly Principal[]) => ({ ...policy, owners });
  test.each<[what: string, before: TargetPolicy, after: TargetPolicy, expected: unknown]>([
    ['nothing', approving({}), approving({}), []],
    ['an owner more', own(ann), own(ann, bob), [{ kind: 'own', who: [bob] }]],
    ['an owner fewer', own(ann, bob), own(ann), []],
    ['the same one in other letters', own(ann), own({ kind: 'user', login: 'ANN' }), []],
    [
      'its environment becomes that of drills',
      policy,
      { ...policy, drills: { ...policy.drills, environment: policy.target.environment } },
      [{ kind: 'drills-merge' }],
    ],
    [
      'another environment does',
      policy,
      { ...policy, drills: { ...policy.drills, environment: 'elsewhere' } },
      [],
    ],
    [
      'an approver more',
      approving({}),
      approving({ from: [ann, sre] }),
      [{ kind: 'approve', who: [sre] }],
    ],
    [
      'no approver named any more',
      approving({}),
      approving({ from: [] }),
      [{ kind: 'anybody-approves' }],
    ],
    ['an approver where everybody who writes was one', approving({ from: [] }), approving({}), []],
    [
      'a weaker role',
      approving({ from: [role('maintain')] }),
      approving({ from: [role('write')] }),
      [{ kind: 'approve', who: [role('write')] }],
    ],
    [
      'a stronger role',
      approving({ from: [role('write')] }),
      approving({ from: [role('maintain')] }),
      [],
    ],
    [
      'one who breaks the glass',
      policy,
      { ...policy, breakGlass: [bob] },
      [{ kind: 'break-glass', who: [bob] }],
    ],
    [
      'fewer approvals',
      approving({ required: 2 }),
      approving({ required: 1 }),
      [{ kind: 'fewer-approvals', before: 2, after: 1 }],
    ],
    ['more approvals', approving({ required: 1 }), approving({ required: 2 }), []],
    [
      'a group gone',
      grouped(group('ml', [ann]), group('sre', [sre])),
      grouped(group('ml', [ann], 2)),
      [{ kind: 'group-gone', name: 'sre' }],
    ],
    [
      'one of a group in another one too',
      grouped(group('ml', [ann]), group('sre', [sre])),
      grouped(group('ml', [ann]), group('sre', [sre, ann])),
      [{ kind: 'approve', who: [ann] }],
    ],
    [
      'a group with fewer, another with more',
      grouped(group('ml', [ann], 2), group('sre', [sre])),
      grouped(group('ml', [ann]), group('sre', [sre], 2)),
      [{ kind: 'fewer-approvals', group: 'ml', before: 2, after: 1 }],
    ],
    [
      'groups in place of names',
      approving({ required: 2 }),
      grouped(group('ml', [ann]), group('sre', [sre])),
      [{ kind: 'approve', who: [sre] }],
    ],
    [
      'the rules of the branch decide',
      approving({}),
      approving({ by: 'github' }),
      [{ kind: 'github-decides' }],
    ],
    ['silence', approving({}), approving({ onTimeout: 'merge' }), [{ kind: 'silence-merges' }]],
    [
      'merging by itself',
      policy,
      { ...policy, respond: { ...policy.respond, high: 'merge', low: 'record' } },
      [{ kind: 'merges-itself', severities: ['high'] }],
    ],
    ['no backtest asked for', demanding(policy), policy, [{ kind: 'no-backtest-asked' }]],
    ['a backtest asked for', policy, demanding(policy), []],
    [
      'a record that passes',
      demanding(policy),
      demanding(policy, passedRecord(policy, NOW)),
      [{ kind: 'backtest-passes' }],
    ],
    [
      'a demand that the record passes',
      demanding(policy, passedRecord(policy, NOW, { found: 0 })),
      lessDemanding(policy, passedRecord(policy, NOW, { found: 0 })),
      [{ kind: 'backtest-passes' }],
    ],
    ['a record that does not pass', demanding(policy), demanding(policy, 'no record'), []],
    [
      'a record where nothing merges by itself',
      demanding(reviewing),
      demanding(reviewing, passedRecord(reviewing, NOW)),
      [],
    ],
  ])('%s', (_, before, after, expected) => {
    const found = findWiderPowers(setOf(before), setOf(after), NOW);
    expect(found.flatMap(({ wider }) => wider)).toEqual(expected);
  });

  test('weighs what the policy says that holds now, not the proposed one', () => {
    const strict = { ...approving({}), check: { ...policy.check, widerPowers: 'fail' } as const };
    const lax = {
      ...approving({ from: [bob] }),
      check: { ...policy.check, widerPowers: 'tell' } as const,
    };
    expect(findWiderPowers(setOf(strict), setOf(lax), NOW)).toMatchObject([
      { level: 'fail', isNew: false },
    ]);
  });

  test('a first policy is told of, and one that is gone counts as wider', () => {
    expect(findWiderPowers(setOf(), setOf(approving({})), NOW)).toMatchObject([
      {
        isNew: true,
        level: 'tell',
        wider: [
          { kind: 'approve', who: [ann] },
          { kind: 'merges-itself', severities: ['critical'] },
        ],
      },
    ]);
    expect(findWiderPowers(setOf(policy), setOf(), NOW)).toMatchObject([
      { isNew: false, level: 'warn', wider: [{ kind: 'unclaimed' }] },
    ]);
  });

  test.each<[string, TargetPolicy, readonly string[]]>([
    ['nothing', reviewing, []],
    [
      'drills there',
      { ...reviewing, drills: { ...policy.drills, environment: policy.target.environment } },
      ['drills-merge'],
    ],
    [
      'drills elsewhere',
      { ...reviewing, drills: { ...policy.drills, environment: 'elsewhere' } },
      [],
    ],
    [
      'silence',
      { ...reviewing, approvals: { ...policy.approvals, onTimeout: 'merge' } },
      ['silence-merges'],
    ],
    ['alerts', policy, ['merges-itself']],
  ])('a first policy by which %s merges without anybody', (_, first, expected) => {
    const people = {
      ...first,
      owners: [],
      breakGlass: [],
      approvals: { ...first.approvals, from: [] },
    };
    const found = findWiderPowers(setOf(), setOf(people), NOW);
    expect(found.flatMap(({ wider }) => wider.map(({ kind }) => kind))).toEqual(expected);
    expect(found.every(({ level, isNew }) => isNew && level === 'tell')).toBe(true);
  });

  test('a target that a mistake takes out of force is the mistake’s', () => {
    const broken = { ...setOf(), disabled: [{ target: policy.target, file: policy.file }] };
    expect(findWiderPowers(setOf(policy), broken, NOW)).toEqual([]);
  });

  test('with nobody named, whoever may write gains', () => {
    expect(
      gainers([
        { kind: 'anybody-approves' },
        { kind: 'own', who: [bob] },
        { kind: 'silence-merges' },
      ]),
    ).toEqual([role('write'), bob]);
  });
});
