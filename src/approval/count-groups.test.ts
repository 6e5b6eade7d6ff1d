import { expect, test } from 'vitest';
import { account, input, review } from '../../fixtures/approval/input.ts';
import type { Principal } from '../policy/policy.ts';
import type { Standing } from './approval.ts';
import { evaluateApproval } from './evaluate-approval.ts';

const team = (slug: string): Principal => ({ kind: 'team', org: 'acme', slug });
const [ml, sre, risk] = [team('ml'), team('sre'), team('risk')];
const PEOPLE: Readonly<Record<string, readonly Principal[]>> = {
  mia: [ml],
  mo: [ml],
  sam: [sre],
  both: [ml, sre],
  all: [ml, sre, risk],
  nobody: [],
};
const ids = Object.keys(PEOPLE);

/** Who stands in which group, and whether that is enough. */
function counted(who: string, groups: readonly (readonly [Principal, number])[]): string {
  const logins = who.split(' ');
  const users = logins.map((login) => account(100 + ids.indexOf(login), login));
  const standing = new Map<number, Standing>(
    users.map(({ id, login }) => [id, { role: 'write', principals: PEOPLE[login] ?? [] }]),
  );
  const from = groups.map(([one]) => one);
  const base = input({ from, reviews: users.map((user) => review(user)), standing });
  const state = evaluateApproval({
    ...base,
    policy: {
      ...base.policy,
      required: groups.reduce((sum, [, required]) => sum + required, 0),
      groups: groups.map(([one, required]) => {
        return { name: one.kind === 'team' ? one.slug : '', from: [one], required };
      }),
    },
  });
  const parts = (state.groups ?? []).map(
    ({ name, approvedBy }) => `${name}=${approvedBy.map(({ login }) => login).join('+')}`,
  );
  return `${parts.join(' ')} ${state.approved ? 'enough' : 'not yet'}`;
}

test.each<[who: string, groups: readonly (readonly [Principal, number])[], expected: string]>([
  [
    'mia sam',
    [
      [ml, 1],
      [sre, 1],
    ],
    'ml=mia sre=sam enough',
  ],
  [
    'mia mo',
    [
      [ml, 1],
      [sre, 1],
    ],
    'ml=mia sre= not yet',
  ],
  [
    'both',
    [
      [ml, 1],
      [sre, 1],
    ],
    'ml=both sre= not yet',
  ],
  [
    'both mia',
    [
      [ml, 1],
      [sre, 1],
    ],
    'ml=mia sre=both enough',
  ],
  [
    'mia both',
    [
      [ml, 1],
      [sre, 1],
    ],
    'ml=mia sre=both enough',
  ],
  [
    'both sam',
    [
      [ml, 1],
      [sre, 1],
    ],
    'ml=both sre=sam enough',
  ],
  [
    'all both mia',
    [
      [ml, 1],
      [sre, 1],
      [risk, 1],
    ],
    'ml=mia sre=both risk=all enough',
  ],
  [
    'all both nobody',
    [
      [ml, 1],
      [sre, 1],
      [risk, 1],
    ],
    'ml=both sre=all risk= not yet',
  ],
  [
    'mia mo sam',
    [
      [ml, 2],
      [sre, 1],
    ],
    'ml=mia+mo sre=sam enough',
  ],
  [
    'mia sam both',
    [
      [ml, 2],
      [sre, 1],
    ],
    'ml=mia+both sre=sam enough',
  ],
  ['nobody', [[ml, 1]], 'ml= not yet'],
])('%s for %j', (who, groups, expected) => {
  expect(counted(who, groups)).toBe(expected);
});
