import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RESPONSES, SEVERITIES, type Budget, type Response } from '../policy/policy.ts';
import { DAY, HOUR, MINUTE } from '../time.ts';
import { decide, DECIDE_REASONS } from './decide.ts';
import type { DecisionInput, PastRollback } from './decision.ts';
import {
  alert,
  BAD,
  NOW,
  OTHER,
  policy,
  repository,
  running,
  TARGET,
  unreadable,
} from '../../fixtures/decision/input.ts';

const rank = (act: Response) => RESPONSES.indexOf(act);
const ago = (most: number) => fc.integer({ min: -MINUTE, max: most }).map((past) => NOW - past);

const budgets: fc.Arbitrary<Budget> = fc.record({
  count: fc.integer({ min: 0, max: 6 }),
  per: fc.constantFrom(HOUR, DAY),
});

const pasts: fc.Arbitrary<PastRollback> = fc
  .record({
    target: fc.constantFrom(TARGET, TARGET, 'staging/ranker'),
    badCommit: fc.constantFrom(BAD, OTHER, OTHER),
    number: fc.integer({ min: 1, max: 1_000 }),
    openedAt: ago(2 * DAY),
    state: fc.constantFrom('merged', 'merged', 'open', 'closed-by-person', 'closed-by-lastgood'),
    automatic: fc.boolean(),
    wait: fc.integer({ min: 0, max: HOUR }),
  })
  .map(({ wait, ...one }) => ({
    ...one,
    ...(one.state === 'merged' && { mergedAt: one.openedAt + wait }),
  }));

/** Half of the inputs have nothing in the way of opening, so that merging is reached often. */
const inputs: fc.Arbitrary<DecisionInput> = fc
  .record({
    calm: fc.boolean(),
    severity: fc.constantFrom(...SEVERITIES),
    respond: fc.record({
      critical: fc.constantFrom('merge', ...RESPONSES),
      high: fc.constantFrom('merge', ...RESPONSES),
      medium: fc.constantFrom('merge', ...RESPONSES),
      low: fc.constantFrom('merge', ...RESPONSES),
    }),
    status: fc.constantFrom('firing', 'firing', 'firing', 'resolved'),
    version: fc.constantFrom(undefined, undefined, '1.10', '1.1'),
    startsAt: ago(2 * HOUR),
    firings: fc.array(ago(2 * HOUR), { maxLength: 6 }),
    runningAt: ago(2 * DAY),
    broken: fc.integer({ min: 0, max: 9 }),
    runningIsRollback: fc.boolean(),
    consecutive: fc.integer({ min: 1, max: 3 }),
    minAge: fc.constantFrom(0, 5 * MINUTE),
    merge: budgets,
    open: budgets,
    repositoryMerge: budgets,
    repositoryOpen: budgets,
    cooldown: fc.constantFrom(0, 30 * MINUTE, 6 * HOUR),
    maxReleaseAge: fc.constantFrom(12 * HOUR, 7 * DAY),
    storm: fc.constantFrom(undefined, undefined, undefined, {
      models: ['a', 'b', 'c', 'd', 'e'],
      since: NOW - MINUTE,
      until: NOW + MINUTE,
    }),
    restrictions: fc.constantFrom(
      {},
      {},
      {},
      { hold: {} },
      { freeze: {} },
      { untrusted: { by: 'x' } },
      { unreadable: { file: 'a.yaml', why: 'It is broken.' } },
    ),
    past: fc.uniqueArray(pasts, { maxLength: 8, selector: (one) => one.number }),
  })
  .map((any): DecisionInput => {
    const { calm, version, past } = any;
    return {
      now: NOW,
      evidence: {
        alert: {
          ...alert,
          status: calm ? 'firing' : any.status,
          severity: any.severity,
          startsAt: calm ? Math.max(any.startsAt, any.runningAt) : any.startsAt,
          ...(version !== undefined && !calm && { version }),
        },
        firings: calm ? [NOW, NOW, NOW] : [...any.firings].sort((a, b) => a - b),
      },
      policy: {
        ...policy,
        respond: any.respond,
        evidence: { consecutive: any.consecutive, minAge: calm ? 0 : any.minAge },
        limits: {
          merge: any.merge,
          open: calm ? { count: 99, per: DAY } : any.open,
          cooldown: any.cooldown,
          maxReleaseAge: any.maxReleaseAge,
        },
      },
      repository: {
        ...repository,
        limits: {
          merge: any.repositoryMerge,
          open: calm ? { count: 99, per: DAY } : any.repositoryOpen,
        },
      },
      running: {
        ...running,
        at: any.runningAt,
        problems: !calm && any.broken === 0 ? [{ pin: 'model', problem: unreadable }] : [],
      },
      runningIsRollback: any.runningIsRollback,
      storm: any.storm,
      restrictions: calm ? {} : any.restrictions,
      past: calm ? past.filter((one) => one.state === 'merged' && one.badCommit !== BAD) : past,
    };
  });

/** The guards of a merge, said once more and otherwise than the code says them. */
function mayMerge(input: DecisionInput) {
  const { now, past, policy, repository, running, runningIsRollback, storm, restrictions } = input;
  const count = (budget: Budget, target?: string) =>
    past.filter(
      (one) =>
        one.automatic &&
        one.state === 'merged' &&
        (target === undefined || one.target === target) &&
        now - (one.mergedAt ?? 0) < budget.per,
    ).length;
  const cooling = past.some(
    (one) =>
      one.target === TARGET &&
      one.mergedAt !== undefined &&
      now - one.mergedAt < policy.limits.cooldown,
  );
  return (
    !storm &&
    Object.keys(restrictions).length === 0 &&
    !runningIsRollback &&
    !cooling &&
    count(policy.limits.merge, TARGET) < policy.limits.merge.count &&
    count(repository.limits.merge) < repository.limits.merge.count &&
    now - running.at <= policy.limits.maxReleaseAge
  );
}

const RUNS = { numRuns: 2_000 };

describe('decide, for any input', () => {
  it('is never stronger than the policy, and gives one of its reasons', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { act, reason } = decide(input);
        const response = input.policy.respond[input.evidence.alert.severity];
        expect(rank(act)).toBeLessThanOrEqual(rank(response));
        expect(DECIDE_REASONS).toContain(reason);
      }),
      RUNS,
    );
  });

  it('never merges when a guard of merging holds, and reaches merging', () => {
    let merges = 0;
    fc.assert(
      fc.property(inputs, (input) => {
        if (decide(input).act !== 'merge') return;
        merges += 1;
        expect(mayMerge(input)).toBe(true);
      }),
      RUNS,
    );
    expect(merges).toBeGreaterThan(20);
  });

  it('merges what the policy merges when no guard holds', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = decide(input);
        if (decision.act !== 'review' || decision.reason === 'policy') return;
        expect(mayMerge(input)).toBe(false);
      }),
      RUNS,
    );
  });

  it('does not become weaker when a budget grows', () => {
    const names = ['merge', 'open'] as const;
    fc.assert(
      fc.property(inputs, fc.constantFrom(...names), fc.boolean(), (input, name, whole) => {
        const grow = <T extends Record<typeof name, Budget>>(limits: T): T => ({
          ...limits,
          [name]: { ...limits[name], count: limits[name].count + 1 },
        });
        const { policy, repository } = input;
        const grown = whole
          ? { ...input, repository: { ...repository, limits: grow(repository.limits) } }
          : { ...input, policy: { ...policy, limits: grow(policy.limits) } };
        expect(rank(decide(grown).act)).toBeGreaterThanOrEqual(rank(decide(input).act));
      }),
      RUNS,
    );
  });

  it('does not depend on the order of past rollbacks', () => {
    const shuffled = inputs.chain((input) =>
      fc
        .shuffledSubarray([...input.past], {
          minLength: input.past.length,
          maxLength: input.past.length,
        })
        .map((past) => [input, { ...input, past }] as const),
    );
    fc.assert(
      fc.property(shuffled, ([input, other]) => {
        expect(decide(other)).toEqual(decide(input));
      }),
      RUNS,
    );
  });
});
