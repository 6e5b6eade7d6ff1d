import { describe, expect, it, test } from 'vitest';
import { policy } from '../../fixtures/decision/input.ts';
import { DAY } from '../time.ts';
import { policyDigest } from './policy-digest.ts';
import {
  judgeRecord,
  readRecord,
  recordPath,
  writeRecord,
  type BacktestDemand,
  type BacktestRecord,
} from './record.ts';

const NOW = Date.UTC(2026, 10, 20);
const RECORD: BacktestRecord = {
  format: 1,
  target: 'production/fraud-scorer',
  policy: policyDigest(policy),
  data: {
    from: '2026-10-15T00:00:00.000Z',
    to: '2026-11-15T00:00:00.000Z',
    samples: 100,
    alerts: 2,
    digest: `sha256:${'0'.repeat(64)}`,
  },
  result: { incidents: 3, found: 2, falseRollbacks: 1, freeDays: 30 },
};
const DEMAND: BacktestDemand = { span: 30 * DAY, falseRollbacks: 1, found: 0.6, maxAge: 30 * DAY };

function judge(record: object | string | undefined, demand: Partial<BacktestDemand> = {}): unknown {
  const text =
    record === undefined || typeof record === 'string'
      ? record
      : JSON.stringify({ ...RECORD, ...record });
  const asked = {
    target: policy.target,
    policy: policyDigest(policy),
    demand: { ...DEMAND, ...demand },
  };
  const standing = judgeRecord(text, asked, NOW);
  return standing.passed ? 'passed' : { ...standing, passed: undefined };
}

describe('a record', () => {
  it('does', () => {
    expect(judge({})).toBe('passed');
  });

  test.each([
    ['is missing', undefined, {}, { why: 'missing' }],
    ['is no JSON', '{', {}, { why: 'unreadable' }],
    ['is empty', '', {}, { why: 'unreadable' }],
    ['is too long', ' '.repeat(20_000), {}, { why: 'unreadable' }],
    ['has more in it', { more: 1 }, {}, { why: 'unreadable' }],
    [
      'found more than there was',
      { result: { ...RECORD.result, found: 4 } },
      {},
      { why: 'unreadable' },
    ],
    [
      'was free for longer than it lasted',
      { result: { ...RECORD.result, freeDays: 32 } },
      {},
      { why: 'unreadable' },
    ],
    [
      'ends before it begins',
      { data: { ...RECORD.data, to: '2026-10-14T00:00:00.000Z' } },
      {},
      { why: 'unreadable' },
    ],
    ['is of another target', { target: 'staging/fraud-scorer' }, {}, { why: 'another-target' }],
    ['is of another policy', { policy: `sha256:${'1'.repeat(64)}` }, {}, { why: 'another-policy' }],
    ['is too old', {}, { maxAge: 4 * DAY }, { why: 'too-old', have: 5 * DAY, need: 4 * DAY }],
    [
      'is of the future',
      { data: { ...RECORD.data, to: '2026-11-21T00:00:00.000Z' } },
      {},
      { why: 'too-old', have: -DAY, need: 30 * DAY },
    ],
    ['is too short', {}, { span: 32 * DAY }, { why: 'too-short', have: 31 * DAY, need: 32 * DAY }],
    [
      'has too many false rollbacks',
      {},
      { falseRollbacks: 0.5 },
      { why: 'too-many-false', have: 1, need: 0.5 },
    ],
    ['found too few', {}, { found: 0.9 }, { why: 'too-few-found', have: 2 / 3, need: 0.9 }],
    [
      'had nothing to find',
      { result: { ...RECORD.result, incidents: 0, found: 0 } },
      {},
      { why: 'nothing-to-find', need: 0.6 },
    ],
  ] as const)('does not do when it %s', (_, record, demand, standing) => {
    expect(judge(record, demand)).toEqual(standing);
  });

  it('does without an incident where none is demanded', () => {
    const result = { ...RECORD.result, incidents: 0, found: 0 };
    expect(judge({ result }, { found: 0 })).toBe('passed');
  });

  it('is written as it is read', () => {
    const text = writeRecord(RECORD);
    expect(readRecord(text)).toEqual(RECORD);
    expect(writeRecord(readRecord(text) ?? RECORD)).toBe(text);
    expect(recordPath(policy.target)).toBe('.lastgood/backtests/production/fraud-scorer.json');
  });
});

describe('the digest of a policy', () => {
  it('does not rest on the order of its keys, nor on whom it asks', () => {
    const turned = Object.fromEntries(
      Object.entries(policy).toReversed(),
    ) as unknown as typeof policy;
    expect(policyDigest(turned)).toBe(policyDigest(policy));
    expect(policyDigest({ ...policy, notify: { issue: true }, file: 'other.yaml' })).toBe(
      policyDigest(policy),
    );
  });

  test.each([
    ['responses', { respond: { ...policy.respond, low: 'merge' } }],
    ['limits', { limits: { ...policy.limits, cooldown: 1 } }],
    ['soak', { goal: { ...policy.goal, minSoak: 1 } }],
    ['evidence', { evidence: { ...policy.evidence, consecutive: 1 } }],
    ['target', { target: { ...policy.target, environment: 'staging' } }],
    ['keys of a later day', { laterKey: [] }],
  ] as const)('changes with its %s', (_, change) => {
    expect(policyDigest({ ...policy, ...change })).not.toBe(policyDigest(policy));
  });
});
