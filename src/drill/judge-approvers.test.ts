import { expect, test } from 'vitest';
import type { Reachable } from '../doctor/examiner.ts';
import type { ApprovalGroup, Principal } from '../policy/policy.ts';
import { judgeApprovers } from './judge-approvers.ts';

const ml: Principal = { kind: 'team', org: 'acme', slug: 'ml' };
const sre: Principal = { kind: 'team', org: 'acme', slug: 'sre' };
const ann: Principal = { kind: 'user', login: 'ann' };
const writers: Principal = { kind: 'role', role: 'write' };

const reachable: Reachable = new Map([
  ['@acme/ml', { ok: true, value: ['ann', 'bob'] }],
  ['@acme/sre', { ok: true, value: ['bob'] }],
  ['@ann', { ok: true, value: [] }],
  ['@acme/lost', { ok: false, why: 'GitHub is down.' }],
]);
const group = (name: string, from: readonly Principal[], required = 1): ApprovalGroup => ({
  name,
  from,
  required,
});

const judge = (
  from: readonly Principal[],
  required: number,
  more: { groups?: readonly ApprovalGroup[]; by?: 'github' | 'lastgood'; without?: string } = {},
) => {
  const { groups, by = 'lastgood', without } = more;
  const known = new Map(
    [...reachable].filter(([name]) => [...from].some((one) => named(one) === name)),
  );
  const { outcome, finding } = judgeApprovers(
    { by, from, required, ...(groups && { groups }) },
    known,
    without,
  );
  return `${outcome}: ${finding}`;
};
const named = (one: Principal): string =>
  one.kind === 'team' ? `@acme/${one.slug}` : one.kind === 'user' ? `@${one.login}` : '';

test('who could approve', () => {
  const lost: Principal = { kind: 'team', org: 'acme', slug: 'lost' };
  expect([
    judge([ml], 1),
    judge([ml], 2),
    judge([ml], 2, { without: 'Bob' }),
    judge([ml], 3),
    judge([ann], 1),
    judge([], 2),
    judge([writers, ml], 4),
    judge([lost], 1),
    judge([ml, sre], 2, { groups: [group('ml', [ml]), group('sre', [sre])] }),
    judge([ml, sre], 3, { groups: [group('ml', [ml], 2), group('sre', [sre])] }),
    judge([ml], 1, { by: 'github' }),
    judge([ml], 0),
  ]).toMatchInlineSnapshot(`
    [
      "passed: 2 people could approve; 1 approval would be needed.",
      "passed: 2 people could approve; 2 approvals would be needed.",
      "failed: 2 approvals would be needed, and only ann could give one. Name people or teams with write access in approvals.from, or ask for fewer approvals.",
      "failed: 3 approvals would be needed, and only ann and bob could give one. Name people or teams with write access in approvals.from, or ask for fewer approvals.",
      "failed: 1 approval would be needed, and nobody could give one. Name people or teams with write access in approvals.from, or ask for fewer approvals.",
      "passed: People whom GitHub does not list by name could approve; 2 approvals would be needed.",
      "passed: 2 people, and others whom GitHub does not list by name, could approve; 4 approvals would be needed.",
      "passed: People whom GitHub does not list by name could approve; 1 approval would be needed.",
      "passed: 2 people could approve; 2 approvals would be needed.",
      "failed: 1 approval of the group sre would be needed, and nobody could give one. Name people or teams with write access in approvals.from, or ask for fewer approvals.",
      "skipped: The policy leaves approvals to the rules of GitHub.",
      "skipped: The policy asks for no approval.",
    ]
  `);
});
