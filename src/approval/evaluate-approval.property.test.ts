import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  account,
  alice,
  app,
  bob,
  eligible,
  HEAD,
  input,
  OLD,
  review,
  sre,
} from '../../fixtures/approval/input.ts';
import type { RepositoryRole } from '../policy/policy.ts';
import type { Account, Review } from '../rollback/forge.ts';
import type { ApprovalInput, Standing } from './approval.ts';
import { evaluateApproval } from './evaluate-approval.ts';

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
