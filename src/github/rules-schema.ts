import { z } from 'zod';
import type { BranchRule } from '../doctor/facts.ts';

/** The answer of `GET …/rules/branches/{branch}`. */
export const rulesAnswer = z.array(
  z.object({ type: z.string(), ruleset_id: z.number(), parameters: z.unknown().optional() }),
);
type RestRule = z.infer<typeof rulesAnswer>[number];

const pullRequest = z.object({
  required_approving_review_count: z.number(),
  require_code_owner_review: z.boolean(),
  required_reviewers: z.array(z.unknown()).optional(),
  allowed_merge_methods: z.array(z.enum(['squash', 'merge', 'rebase'])).optional(),
});

const statusChecks = z.object({
  required_status_checks: z.array(z.object({ context: z.string() })),
  strict_required_status_checks_policy: z.boolean(),
});

const namePattern = z.object({
  operator: z.string(),
  pattern: z.string(),
  negate: z.boolean().default(false),
});

/** A rule in the doctor's words. Throws when its parameters cannot be read. */
export function readRule({ type, parameters }: RestRule): readonly BranchRule[] {
  switch (type) {
    case 'pull_request':
      return readPullRequest(pullRequest.parse(parameters));
    case 'required_status_checks': {
      const { required_status_checks: required, strict_required_status_checks_policy: strict } =
        statusChecks.parse(parameters);
      return [{ kind: 'checks', contexts: required.map(({ context }) => context), strict }];
    }
    case 'branch_name_pattern':
      return [{ kind: 'branch-name', pattern: namePattern.parse(parameters) }];
    case 'merge_queue':
      return [{ kind: 'queue' }];
    case 'required_signatures':
      return [{ kind: 'signatures' }];
    case 'required_linear_history':
      return [{ kind: 'linear-history' }];
    case 'update':
      return [{ kind: 'update' }];
    case 'creation':
      return [{ kind: 'creation' }];
    // They hold nothing up that Lastgood does.
    case 'deletion':
    case 'non_fast_forward':
    case 'copilot_code_review':
    case 'tag_name_pattern':
      return [{ kind: 'harmless' }];
    default:
      return [{ kind: 'other', name: type }];
  }
}

function readPullRequest(from: z.infer<typeof pullRequest>): readonly BranchRule[] {
  const { allowed_merge_methods: allowed, required_reviewers: reviewers = [] } = from;
  const count = Math.max(from.required_approving_review_count, reviewers.length > 0 ? 1 : 0);
  return [
    { kind: 'pull-request' },
    { kind: 'reviews', count, codeOwners: from.require_code_owner_review },
    ...(allowed ? [{ kind: 'methods', allowed } as const] : []),
  ];
}
