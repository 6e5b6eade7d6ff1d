import { describe, expect, test } from 'vitest';
import {
  account,
  alice,
  app,
  bob,
  eligible,
  input,
  OLD,
  review,
  sre,
} from '../../fixtures/approval/input.ts';
import type { Principal } from '../policy/policy.ts';
import type { Review } from '../rollback/forge.ts';
import type { ApprovalInput, NotCounted, Standing } from './approval.ts';
import { evaluateApproval, reviewersConcerned } from './evaluate-approval.ts';

describe('one approval', () => {
  const withStanding = (standing: Standing | undefined) =>
    input({
      reviews: [review(alice)],
      standing: new Map(standing === undefined ? [] : [[alice.id, standing]]),
    });

  test.each<[string, ApprovalInput, NotCounted | 'counted']>([
    ['of an eligible person', withStanding(eligible), 'counted'],
    ['of a maintainer', withStanding({ ...eligible, role: 'maintain' }), 'counted'],
    [
      'reality 16: for an older head',
      input({ reviews: [review(alice, 'approved', 0, OLD)] }),
      'other-head',
    ],
    ['reality 12: of the author', input({ author: alice, reviews: [review(alice)] }), 'author'],
    [
      'of the person who asked for the rollback',
      input({ requester: alice, reviews: [review(alice)] }),
      'requester',
    ],
    [
      'of an author of its commits',
      input({ commitAuthors: [app, alice], reviews: [review(alice)] }),
      'commit-author',
    ],
    ['reality 13: of a bot', input({ reviews: [review(account(3, 'ci[bot]', true))] }), 'bot'],
    ['of a bystander', withStanding({ role: 'write', principals: [] }), 'not-listed'],
    [
      'reality 15: of a team member who may only triage',
      withStanding({ ...eligible, role: 'triage' }),
      'no-write-access',
    ],
    [
      'of a team member without any role',
      withStanding({ ...eligible, role: 'none' }),
      'no-write-access',
    ],
    [
      'reality 14: of a person whose role is unknown',
      withStanding({ ...eligible, role: 'unknown' }),
      'could-not-verify',
    ],
    [
      'of a person whose teams are unknown',
      withStanding({ role: 'write', principals: 'unknown' }),
      'could-not-verify',
    ],
    ['of a person nobody asked about', withStanding(undefined), 'could-not-verify'],
  ])('%s', (_, given, expected) => {
    const state = evaluateApproval(given);
    expect(state.approved).toBe(expected === 'counted');
    expect(state.notCounted.map((one) => one.why)).toEqual(
      expected === 'counted' ? [] : [expected],
    );
    expect(state.approvedBy).toEqual(expected === 'counted' ? [alice] : []);
  });

  test('reality 26: a person is the id, whatever the login', () => {
    const renamed = account(alice.id, 'alice-renamed');
    const state = evaluateApproval(input({ requester: alice, reviews: [review(renamed)] }));
    expect(state.notCounted).toEqual([{ user: renamed, why: 'requester' }]);
  });
});

describe('the latest deciding review of a person counts', () => {
  const at = (...states: readonly Review['state'][]) =>
    evaluateApproval(input({ reviews: states.map((state, time) => review(alice, state, time)) }));

  test.each<[readonly Review['state'][], boolean, 'blocks' | 'does not']>([
    [['approved', 'commented'], true, 'does not'],
    [['approved', 'pending'], true, 'does not'],
    [['approved', 'changes-requested'], false, 'blocks'],
    [['changes-requested', 'approved'], true, 'does not'],
    [['changes-requested', 'commented'], false, 'blocks'],
    [['changes-requested', 'dismissed'], false, 'does not'],
    [['approved', 'dismissed'], false, 'does not'],
    [['dismissed', 'approved'], true, 'does not'],
    [['commented'], false, 'does not'],
  ])('%o', (states, approved, blocks) => {
    const state = at(...states);
    expect(state.approved).toBe(approved);
    expect(state.blockedBy).toEqual(blocks === 'blocks' ? [alice] : []);
  });
});

describe('changes requested', () => {
  test('by an eligible person block, however many approve, and for whatever head', () => {
    const reviews = [review(alice), review(bob, 'changes-requested', 1, OLD)];
    expect(evaluateApproval(input({ reviews }))).toMatchObject({
      approved: false,
      blockedBy: [bob],
    });
  });

  test('by a bystander do not', () => {
    const reviews = [review(alice), review(account(8, 'eve'), 'changes-requested', 1)];
    const standing = new Map<number, Standing>([
      [alice.id, eligible],
      [8, { role: 'read', principals: [] }],
    ]);
    const state = evaluateApproval(input({ reviews, standing }));
    expect(state).toMatchObject({ approved: true, blockedBy: [] });
  });

  test('by a person who could not be verified block: a look-up that fails silences nobody', () => {
    const reviews = [review(alice), review(bob, 'changes-requested', 1)];
    const standing = new Map<number, Standing>([
      [alice.id, eligible],
      [bob.id, { role: 'unknown', principals: 'unknown' }],
    ]);
    const state = evaluateApproval(input({ reviews, standing }));
    expect(state).toMatchObject({ approved: false, blockedBy: [bob] });
    expect(state.notCounted).toEqual([{ user: bob, why: 'could-not-verify' }]);
  });
});

describe('how many are required', () => {
  test.each([
    [2, [alice], false],
    [2, [alice, bob], true],
    [0, [], true],
    [-1, [alice], false],
    [Number.NaN, [alice], false],
    [0.5, [alice], false],
  ])('%d of %o is %s', (required, users, approved) => {
    const reviews = users.map((user) => review(user));
    expect(evaluateApproval(input({ required, reviews })).approved).toBe(approved);
  });

  test('two approvals of one person are one', () => {
    const reviews = [review(alice, 'approved', 0), review(alice, 'approved', 1)];
    expect(evaluateApproval(input({ required: 2, reviews }))).toMatchObject({
      approved: false,
      approvedBy: [alice],
    });
  });

  test('none required: changes requested still block', () => {
    const reviews = [review(alice, 'changes-requested')];
    expect(evaluateApproval(input({ required: 0, reviews })).approved).toBe(false);
  });
});

describe('who is listed', () => {
  test.each<[string, Principal, Standing, boolean]>([
    ['a role, held', { kind: 'role', role: 'maintain' }, { role: 'admin', principals: [] }, true],
    [
      'a role, not held',
      { kind: 'role', role: 'maintain' },
      { role: 'write', principals: [] },
      false,
    ],
    [
      'a role, held, with teams that are unknown',
      { kind: 'role', role: 'write' },
      { role: 'write', principals: 'unknown' },
      true,
    ],
    [
      'a user, in another case',
      { kind: 'user', login: 'Alice' },
      { role: 'write', principals: [{ kind: 'user', login: 'alice' }] },
      true,
    ],
    [
      'a team of the same slug elsewhere',
      sre,
      { role: 'write', principals: [{ kind: 'team', org: 'other', slug: 'sre' }] },
      false,
    ],
  ])('%s', (_, principal, standing, approved) => {
    const state = evaluateApproval(
      input({
        from: [principal],
        reviews: [review(alice)],
        standing: new Map([[alice.id, standing]]),
      }),
    );
    expect(state.approved).toBe(approved);
  });

  test('everybody who may write when the policy names nobody', () => {
    const standing = new Map<number, Standing>([
      [alice.id, { role: 'write', principals: [] }],
      [bob.id, { role: 'read', principals: [] }],
    ]);
    const state = evaluateApproval(
      input({ from: [], reviews: [review(alice), review(bob)], standing }),
    );
    expect(state).toMatchObject({ approved: true, approvedBy: [alice] });
    expect(state.notCounted).toEqual([{ user: bob, why: 'no-write-access' }]);
  });
});

test('those concerned are the ones whose standing decides', () => {
  const reviews = [
    review(app),
    review(alice, 'commented'),
    review(bob, 'changes-requested'),
    review(account(3, 'carol')),
  ];
  const concerned = reviewersConcerned({ ...input(), requester: account(3, 'carol'), reviews });
  expect(concerned).toEqual([bob]);
});
