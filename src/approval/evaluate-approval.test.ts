import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Principal, RepositoryRole } from '../policy/policy.ts';
import type { Account, Review } from '../rollback/forge.ts';
import type { ApprovalInput, NotCounted, Standing } from './approval.ts';
import { evaluateApproval, reviewersConcerned } from './evaluate-approval.ts';

const HEAD = 'a'.repeat(40);
const OLD = 'b'.repeat(40);
const account = (id: number, login: string, bot = false): Account => ({ id, login, bot });
const app = account(99, 'lastgood[bot]', true);
const alice = account(1, 'alice');
const bob = account(2, 'bob');
const sre: Principal = { kind: 'team', org: 'acme', slug: 'sre' };
const eligible: Standing = { role: 'write', principals: [sre] };

let ids = 0;
function review(user: Account, state: Review['state'] = 'approved', at = 0, commit = HEAD): Review {
  ids += 1;
  return { id: ids, user, state, commit, at };
}

function input(
  change: Partial<ApprovalInput> & {
    readonly required?: number;
    readonly from?: readonly Principal[];
  } = {},
): ApprovalInput {
  const { required = 1, from = [sre], ...rest } = change;
  return {
    policy: { by: 'lastgood', required, from, timeout: 0, onTimeout: 'page' },
    head: HEAD,
    author: app,
    commitAuthors: [app],
    reviews: [],
    standing: new Map([
      [alice.id, eligible],
      [bob.id, eligible],
    ]),
    ...rest,
  };
}

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

describe('for random reviews', () => {
  const users = [alice, bob, account(3, 'carol'), account(4, 'ci[bot]', true), app];
  const roles: readonly Standing['role'][] = [
    'none',
    'unknown',
    'read',
    'triage',
    'write',
    'maintain',
    'admin',
  ] satisfies readonly (RepositoryRole | 'none' | 'unknown')[];
  const standing = fc.record({
    role: fc.constantFrom(...roles),
    principals: fc.constantFrom<Standing['principals']>('unknown', [], [sre]),
  });
  const reviews = fc.uniqueArray(
    fc.record({
      id: fc.nat(1_000),
      user: fc.constantFrom(...users),
      state: fc.constantFrom<Review['state']>(
        'approved',
        'changes-requested',
        'commented',
        'dismissed',
        'pending',
      ),
      commit: fc.constantFrom(HEAD, OLD),
      at: fc.nat(20),
    }),
    { selector: (one) => one.id, maxLength: 12 },
  );
  const world = fc.record({
    reviews,
    standings: fc.array(standing, { minLength: 5, maxLength: 5 }),
    required: fc.nat(2),
  });
  type World = {
    readonly reviews: readonly Review[];
    readonly standings: readonly Standing[];
    readonly required: number;
  };
  const toInput = (given: World): ApprovalInput =>
    input({
      required: given.required,
      reviews: given.reviews,
      standing: new Map(users.map((user, at) => [user.id, given.standings[at] ?? eligible])),
    });

  test('their order in the list does not matter, only their times', () => {
    fc.assert(
      fc.property(world, fc.integer(), (given, seed) => {
        const shuffled = given.reviews.toSorted(
          (a, b) => ((a.id * seed) % 97) - ((b.id * seed) % 97),
        );
        expect(evaluateApproval(toInput({ ...given, reviews: shuffled }))).toEqual(
          evaluateApproval(toInput(given)),
        );
      }),
    );
  });

  test('one more review of a person who is not eligible changes nothing', () => {
    const outsiders = fc.constantFrom<readonly [Account, Standing]>(
      [account(50, 'eve'), { role: 'admin', principals: [] }],
      [account(51, 'mallory'), { role: 'read', principals: [sre] }],
      [account(52, 'x[bot]', true), eligible],
    );
    const state = fc.constantFrom<Review['state']>(
      'approved',
      'changes-requested',
      'dismissed',
      'commented',
    );
    fc.assert(
      fc.property(world, outsiders, state, (given, [user, theirs], decided) => {
        const before = toInput(given);
        const after = {
          ...before,
          reviews: [...before.reviews, review(user, decided, 30)],
          standing: new Map([...before.standing, [user.id, theirs] as const]),
        };
        expect(evaluateApproval(after).approved).toBe(evaluateApproval(before).approved);
      }),
    );
  });

  test('approved means enough eligible people for this head, and no objection', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { approved, approvedBy, blockedBy } = evaluateApproval(toInput(given));
        expect(approved).toBe(approvedBy.length >= given.required && blockedBy.length === 0);
        for (const user of approvedBy) {
          expect(user.bot).toBe(false);
          const theirs = given.standings[users.indexOf(user)];
          expect(theirs).toMatchObject({ principals: [sre] });
          expect(['write', 'maintain', 'admin']).toContain(theirs?.role);
          expect(given.reviews).toContainEqual(
            expect.objectContaining({ user, state: 'approved', commit: HEAD }),
          );
        }
      }),
    );
  });
});
