import { describe, expect, it, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../time.ts';
import { decide, DECIDE_REASONS } from './decide.ts';
import type { DecisionInput, Reason } from './decision.ts';
import {
  alert,
  BAD,
  input,
  NOW,
  OTHER,
  pastRollback,
  policy,
  repository,
  rollbacks,
  running,
  unreadable,
} from '../../fixtures/decision/input.ts';
import type { Response, Severity } from '../policy/policy.ts';

interface Row {
  readonly title: string;
  readonly change: Partial<DecisionInput>;
  readonly act: Response;
  readonly reason: Reason;
  readonly facts?: Record<string, string | number>;
  readonly also?: Reason[];
  readonly recheckAt?: number;
}

const withAlert = (said: Partial<typeof alert>) => ({
  evidence: { ...input.evidence, alert: { ...alert, ...said } },
});
const withSeverity = (severity: Severity) => withAlert({ severity });
const withLimits = (limits: Partial<typeof policy.limits>) => ({
  policy: { ...policy, limits: { ...policy.limits, ...limits } },
});
const withRepository = (limits: Partial<typeof repository.limits>) => ({
  repository: { ...repository, limits: { ...repository.limits, ...limits } },
});
const merged = (count: number, ago: number, said = {}) =>
  rollbacks(count, { openedAt: NOW - ago, mergedAt: NOW - ago, ...said });
const elsewhere = { target: 'staging/ranker' };

const ROWS: readonly Row[] = [
  {
    title: 'merges when nothing holds it back',
    change: {},
    act: 'merge',
    reason: 'policy',
    facts: { severity: 'critical', response: 'merge' },
  },
  { title: 'opens for review', change: withSeverity('high'), act: 'review', reason: 'policy' },
  { title: 'notifies', change: withSeverity('medium'), act: 'notify', reason: 'policy' },
  { title: 'ignores', change: withSeverity('low'), act: 'ignore', reason: 'policy' },
  {
    title: 'records a resolved alert',
    change: withAlert({ status: 'resolved', endsAt: NOW - MINUTE }),
    act: 'record',
    reason: 'resolved',
    facts: { endsAt: NOW - MINUTE },
  },
  {
    title: 'ignores a resolved alert of a severity that is ignored',
    change: withAlert({ status: 'resolved', severity: 'low' }),
    act: 'ignore',
    reason: 'resolved',
  },
  {
    title: 'notifies when a pin cannot be read',
    change: {
      running: { ...running, values: {}, problems: [{ pin: 'model', problem: unreadable }] },
      ...withAlert({ version: '1.10' }),
    },
    act: 'notify',
    reason: 'pins-unreadable',
    facts: { pin: 'model', problem: 'There is no spec.model in a.yaml.', more: 0 },
  },
  {
    title: 'lets a version that runs pass',
    change: withAlert({ version: '1.10' }),
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'takes 1.1 for another version than 1.10',
    change: withAlert({ version: '1.1' }),
    act: 'record',
    reason: 'stale-version',
    facts: { version: '1.1', runs: '1.10' },
  },
  {
    title: 'takes v1.10 for another version than 1.10',
    change: withAlert({ version: 'v1.10' }),
    act: 'record',
    reason: 'stale-version',
  },
  {
    title: "does not take a feature snapshot for the model's version",
    change: withAlert({ version: '2026-11-19' }),
    act: 'record',
    reason: 'stale-version',
  },
  {
    title: 'compares with every pin where none is a model',
    change: {
      ...withAlert({ version: '1.10' }),
      policy: { ...policy, pins: policy.pins.map((pin) => ({ ...pin, component: 'image' })) },
    },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'does not count what began a millisecond before the release',
    change: withAlert({ startsAt: running.at - 1 }),
    act: 'record',
    reason: 'started-before-release',
    facts: { startsAt: running.at - 1, releasedAt: running.at, commit: BAD },
  },
  {
    title: 'counts what began at the moment of the release',
    change: withAlert({ startsAt: running.at }),
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'does not open a second rollback of the same release',
    change: { past: rollbacks(1, { badCommit: BAD, state: 'open', openedAt: NOW - MINUTE }) },
    act: 'record',
    reason: 'rollback-in-progress',
    facts: { pull: 100, badCommit: BAD },
  },
  {
    title: 'does not open a second rollback of the target',
    change: { past: rollbacks(2, { state: 'open', openedAt: NOW - DAY }) },
    act: 'record',
    reason: 'rollback-in-progress',
    facts: { pull: 101, badCommit: OTHER },
  },
  {
    title: 'does not mind an open rollback of another target',
    change: { past: rollbacks(1, { ...elsewhere, badCommit: BAD, state: 'open' }) },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'knows that the rollback of the incident is merged',
    change: { past: rollbacks(1, { badCommit: BAD }) },
    act: 'record',
    reason: 'already-rolled-back',
    facts: { pull: 100, badCommit: BAD },
  },
  {
    title: "takes a person's closing for a no",
    change: { past: rollbacks(1, { badCommit: BAD, state: 'closed-by-person' }) },
    act: 'record',
    reason: 'closed-by-person',
    facts: { pull: 100, badCommit: BAD },
  },
  {
    title: "does not take a person's closing for a no to another incident",
    change: { past: rollbacks(1, { state: 'closed-by-person' }) },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'opens again what it closed itself',
    change: { past: rollbacks(1, { badCommit: BAD, state: 'closed-by-lastgood' }) },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'waits for one more firing',
    change: { evidence: { alert, firings: input.evidence.firings.slice(1) } },
    act: 'record',
    reason: 'too-few-firings',
    facts: { have: 2, need: 3 },
  },
  {
    title: 'does not count firings before the release',
    change: {
      evidence: {
        alert: { ...alert, startsAt: running.at },
        firings: [running.at - 1, running.at, NOW - MINUTE],
      },
    },
    act: 'record',
    reason: 'too-few-firings',
    facts: { have: 2, need: 3 },
  },
  {
    title: 'waits for the last millisecond of the minimum age',
    change: {
      evidence: { alert: { ...alert, startsAt: NOW - 5 * MINUTE + 1 }, firings: [NOW, NOW, NOW] },
    },
    act: 'record',
    reason: 'too-young',
    facts: { have: 5 * MINUTE - 1, need: 5 * MINUTE, until: NOW + 1 },
    recheckAt: NOW + 1,
  },
  {
    title: 'is old enough at the minimum age',
    change: {
      evidence: { alert: { ...alert, startsAt: NOW - 5 * MINUTE }, firings: [NOW, NOW, NOW] },
    },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'takes the first firing for the start where the clock of the source is ahead',
    change: withAlert({ startsAt: NOW + MINUTE }),
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'tells all that holds it back',
    change: {
      evidence: { alert: { ...alert, startsAt: NOW - MINUTE }, firings: [NOW - MINUTE] },
      past: rollbacks(6, { openedAt: NOW, state: 'closed-by-lastgood' }),
    },
    act: 'record',
    reason: 'too-few-firings',
    also: ['too-young', 'open-budget'],
  },
  {
    title: 'notifies over the budget of the target',
    change: { past: merged(6, DAY - 1) },
    act: 'notify',
    reason: 'open-budget',
    facts: { have: 6, limit: 6, per: DAY, until: NOW + 1 },
  },
  {
    title: 'has room again a day after the first one was opened',
    change: { past: merged(6, DAY, { automatic: false }) },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'says when there is room again',
    change: {
      past: [1, 2, 3, 4, 5, 6, 7].flatMap((hours) => merged(1, hours * HOUR)),
    },
    act: 'notify',
    reason: 'open-budget',
    facts: { have: 7, limit: 6, per: DAY, until: NOW - 6 * HOUR + DAY },
  },
  {
    title: 'never has room in a budget of none',
    change: withLimits({ open: { count: 0, per: DAY } }),
    act: 'notify',
    reason: 'open-budget',
    facts: { have: 0, limit: 0, per: DAY },
  },
  {
    title: 'notifies over the budget of the repository',
    change: { past: merged(20, HOUR, elsewhere) },
    act: 'notify',
    reason: 'repository-open-budget',
    facts: { have: 20, limit: 20, per: DAY, until: NOW + 23 * HOUR },
  },
  {
    title: 'does not merge a rollback of a rollback',
    change: { runningIsRollback: true },
    act: 'review',
    reason: 'rollback-of-rollback',
    facts: { commit: BAD },
  },
  {
    title: 'does not merge in the last millisecond of the cooldown',
    change: { past: merged(1, 30 * MINUTE - 1, { automatic: false }) },
    act: 'review',
    reason: 'cooldown',
    facts: { pull: 100, mergedAt: NOW - 30 * MINUTE + 1, until: NOW + 1 },
  },
  {
    title: 'merges when the cooldown is over',
    change: { past: merged(1, 30 * MINUTE) },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'does not merge over the budget of the target',
    change: { past: merged(2, DAY - 1) },
    act: 'review',
    reason: 'merge-budget',
    facts: { have: 2, limit: 2, per: DAY, until: NOW + 1 },
  },
  {
    title: 'counts by when it was merged, not by when it was opened',
    change: { past: merged(2, 2 * DAY, { mergedAt: NOW - HOUR }) },
    act: 'review',
    reason: 'merge-budget',
  },
  {
    title: 'has room for a merge again after a day',
    change: { past: merged(2, DAY) },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'does not count what people approved',
    change: { past: merged(2, HOUR, { automatic: false }) },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'does not merge over the budget of the repository',
    change: { past: merged(5, HOUR, elsewhere) },
    act: 'review',
    reason: 'repository-merge-budget',
    facts: { have: 5, limit: 5, per: DAY, until: NOW + 23 * HOUR },
  },
  {
    title: 'does not merge a millisecond after the greatest age',
    change: { running: { ...running, at: NOW - 7 * DAY - 1 } },
    act: 'review',
    reason: 'release-too-old',
    facts: { have: 7 * DAY + 1, limit: 7 * DAY, releasedAt: NOW - 7 * DAY - 1 },
  },
  {
    title: 'merges at the greatest age',
    change: { running: { ...running, at: NOW - 7 * DAY } },
    act: 'merge',
    reason: 'policy',
  },
  {
    title: 'tells all that keeps it from being merged',
    change: { runningIsRollback: true, past: merged(2, MINUTE) },
    act: 'review',
    reason: 'rollback-of-rollback',
    also: ['cooldown', 'merge-budget'],
  },
  {
    title: 'opens for review whatever the budgets for merging say',
    change: { ...withSeverity('high'), past: merged(2, MINUTE), runningIsRollback: true },
    act: 'review',
    reason: 'policy',
  },
  {
    title: 'does not say what a policy that only notifies would have been held back by',
    change: { ...withSeverity('medium'), ...withRepository({ open: { count: 0, per: DAY } }) },
    act: 'notify',
    reason: 'policy',
  },
];

describe('decide', () => {
  test.each(ROWS)('$title', ({ change, act, reason, facts, also, recheckAt }) => {
    const decision = decide({ ...input, ...change });
    expect(decision).toMatchObject({ act, reason, ...(facts && { facts }) });
    expect(decision.also).toEqual(also);
    expect(decision.recheckAt).toBe(recheckAt);
  });

  it('has a row for each of its reasons', () => {
    const shown = new Set(ROWS.map((row) => row.reason));
    expect([...shown].sort()).toEqual([...DECIDE_REASONS].sort());
  });

  it('ignores a merged rollback of long ago', () => {
    expect(decide({ ...input, past: [pastRollback] }).reason).toBe('policy');
  });
});
