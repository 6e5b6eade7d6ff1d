import { expect, test } from 'vitest';
import { account } from '../../fixtures/approval/input.ts';
import type { ApprovalGroup, Principal } from '../policy/policy.ts';
import { principalName } from '../texts/names.ts';
import { missingFrom } from './missing-from.ts';

const ml: Principal = { kind: 'team', org: 'acme', slug: 'ml' };
const sre: Principal = { kind: 'team', org: 'acme', slug: 'sre' };
const ann: Principal = { kind: 'user', login: 'ann' };
const group = (name: string, from: readonly Principal[]): ApprovalGroup => ({
  name,
  from,
  required: 1,
});
const groups = [group('ml', [ml, ann]), group('sre', [sre, ann])];
const annHerself = account(7, 'Ann');

const names = (...args: Parameters<typeof missingFrom>): readonly string[] =>
  missingFrom(...args).map(principalName);

test('all whose approval counts, each once, without who has approved', () => {
  expect(names({ from: [ml, ann, ml] }, { approvedBy: [] })).toEqual(['@acme/ml', '@ann']);
  expect(names({ from: [ml, ann] }, { approvedBy: [annHerself] })).toEqual(['@acme/ml']);
});

test('of groups those that are not complete', () => {
  const counted = groups.map((one) => ({
    ...one,
    approvedBy: one.name === 'ml' ? [annHerself] : [],
  }));
  const from = [ml, sre, ann];
  expect(names({ from, groups }, { groups: counted, approvedBy: [annHerself] })).toEqual([
    '@acme/sre',
  ]);
});

test('before anything was counted, all of them', () => {
  expect(names({ from: [], groups }, { approvedBy: [] })).toEqual([
    '@acme/ml',
    '@ann',
    '@acme/sre',
  ]);
});
