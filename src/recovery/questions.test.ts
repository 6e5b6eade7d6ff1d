import { expect, test } from 'vitest';
import { DEFAULTS } from '../policy/defaults.ts';
import type { VerifyMetric } from '../policy/policy.ts';
import { MINUTE, SECOND } from '../time.ts';
import { questionsOf } from './questions.ts';
import type { Recovery } from './recovery.ts';

const MERGED = Date.parse('2026-11-20T02:17:00Z');
const ROLLED_OUT = MERGED + 2 * MINUTE;

const RECOVERY: Recovery = {
  branch: 'lastgood/production/ranker/bad',
  number: 7,
  target: { environment: 'production', model: 'ranker' },
  commit: 'c'.repeat(40),
  mergedAt: MERGED,
  goal: { model: 'v31' },
  severity: 'critical',
  alert: { name: 'Collapsed', source: 'alertmanager' },
  alerts: [],
  phase: 'verifying',
  rolledOut: { at: ROLLED_OUT, by: 'deployment', name: 'ranker' },
  told: [],
};

function ask(query: string, after: number, recovery: Recovery = RECOVERY) {
  const metric: VerifyMetric = {
    name: 'diversity',
    server: 'main',
    query,
    baseline: 0.73,
    tolerance: 0.1,
    worse: 'lower',
  };
  const policy = { ...DEFAULTS.verify, metrics: [metric] };
  const [question] = questionsOf(recovery, policy, undefined, ROLLED_OUT + after).metrics;
  return question;
}

test.each([
  // The newest scrape may be from before the roll-out.
  ['avg(x)', 29 * SECOND, undefined],
  ['avg(x)', 30 * SECOND, 30 * SECOND],
  ['avg(x)', 60 * SECOND, 30 * SECOND],
  // A range reaches back itself.
  ['avg_over_time(x[1m])', 59 * SECOND, undefined],
  ['avg_over_time(x[1m])', 61 * SECOND, 60 * SECOND],
  ['avg_over_time(x[5m])', 2 * MINUTE, undefined],
  // Only as much as has to last is looked at.
  ['avg(x)', 20 * MINUTE, 18 * MINUTE],
])('%s, %d ms after the roll-out, is asked from %d ms after it on', (query, after, from) => {
  const span = ask(query, after)?.span;
  expect(span).toEqual(
    from === undefined ? undefined : { from: ROLLED_OUT + from, to: ROLLED_OUT + after },
  );
});

test('what was before the merge is asked for once, and only where the same query says it', () => {
  const span = { from: MERGED - 30 * MINUTE, to: MERGED };
  expect(ask('x{m="{model}"}', 0)?.before).toEqual({ query: 'x{m="ranker"}', span, step: MINUTE });
  expect(ask('x{v="{version}"}', 0)?.before).toBeUndefined();
  expect(ask('x{c="{release_commit}"}', 0)?.before).toBeUndefined();
  const recorded = [{ name: 'diversity', points: [], until: MERGED }];
  expect(ask('x{m="{model}"}', 0, { ...RECOVERY, recorded })?.before).toBeUndefined();
});
