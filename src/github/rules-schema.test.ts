import { describe, expect, test } from 'vitest';
import type { BranchRule } from '../doctor/facts.ts';
import { readRule } from './rules-schema.ts';

const pullRequest = (change: object) => ({
  required_approving_review_count: 0,
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: false,
  require_last_push_approval: false,
  required_review_thread_resolution: false,
  ...change,
});

/** Rules as GitHub writes them, and what they are to the doctor. */
const RULES: readonly (readonly [string, unknown, readonly BranchRule[]])[] = [
  ['merge_queue', { merge_method: 'SQUASH' }, [{ kind: 'queue' }]],
  ['required_signatures', undefined, [{ kind: 'signatures' }]],
  ['required_linear_history', undefined, [{ kind: 'linear-history' }]],
  ['update', { update_allows_fetch_and_merge: true }, [{ kind: 'update' }]],
  ['creation', undefined, [{ kind: 'creation' }]],
  ['deletion', undefined, [{ kind: 'harmless' }]],
  ['non_fast_forward', undefined, [{ kind: 'harmless' }]],
  ['workflows', { workflows: [] }, [{ kind: 'other', name: 'workflows' }]],
  ['of_tomorrow', undefined, [{ kind: 'other', name: 'of_tomorrow' }]],
  [
    'required_status_checks',
    {
      required_status_checks: [{ context: 'ci', integration_id: 7 }, { context: 'lint' }],
      strict_required_status_checks_policy: true,
    },
    [{ kind: 'checks', contexts: ['ci', 'lint'], strict: true }],
  ],
  [
    'branch_name_pattern',
    { operator: 'starts_with', pattern: 'feature/' },
    [
      {
        kind: 'branch-name',
        pattern: { operator: 'starts_with', pattern: 'feature/', negate: false },
      },
    ],
  ],
  [
    'pull_request',
    pullRequest({ required_approving_review_count: 2, allowed_merge_methods: ['squash'] }),
    [
      { kind: 'pull-request' },
      { kind: 'reviews', count: 2, codeOwners: false },
      { kind: 'methods', allowed: ['squash'] },
    ],
  ],
  [
    'pull_request',
    pullRequest({
      require_code_owner_review: true,
      required_reviewers: [{ minimum_approvals: 1 }],
    }),
    [{ kind: 'pull-request' }, { kind: 'reviews', count: 1, codeOwners: true }],
  ],
];

describe('rules of a branch', () => {
  test.each(RULES)('%s %j', (type, parameters, rules) => {
    expect(readRule({ type, ruleset_id: 1, parameters })).toEqual(rules);
  });

  test.each(['pull_request', 'required_status_checks', 'branch_name_pattern'])(
    '%s without what it needs is not guessed at',
    (type) => {
      expect(() => readRule({ type, ruleset_id: 1, parameters: {} })).toThrow(/expected/);
      expect(() => readRule({ type, ruleset_id: 1 })).toThrow(/expected/);
    },
  );
});
