import { evaluateApproval } from '../approval/evaluate-approval.ts';
import { gatherStanding } from '../approval/gather-standing.ts';
import { NOBODY_ASKED, type ApprovalState } from '../approval/approval.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { PullRequest } from './forge.ts';
import type { Ports, Workspace } from './workspace.ts';

/**
 * Counts the approvals of an open rollback: reads reviews and commit authors, asks GitHub for the standing
 * of those who reviewed, and evaluates. Asks nothing where GitHub's own rules decide.
 */
export async function countApprovals(
  workspace: Workspace,
  ports: Ports,
  policy: TargetPolicy,
  pull: PullRequest,
): Promise<ApprovalState> {
  if (policy.approvals.by === 'github') return NOBODY_ASKED;
  const { forge } = ports;
  const [reviews, commitAuthors] = await Promise.all([
    forge.reviews(workspace.repository, pull.number),
    forge.commitAuthors(workspace.repository, pull.number),
  ]);
  const { standing } = await gatherStanding(
    forge,
    workspace.repository,
    reviews.map(({ user }) => user),
    policy.approvals.from,
  );
  return evaluateApproval({
    policy: policy.approvals,
    head: pull.head,
    author: pull.author,
    commitAuthors,
    reviews,
    standing,
  });
}
