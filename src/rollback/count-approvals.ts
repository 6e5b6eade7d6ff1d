import { evaluateApproval } from '../approval/evaluate-approval.ts';
import { gatherStanding } from '../approval/gather-standing.ts';
import { NOBODY_ASKED, type ApprovalState } from '../approval/approval.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { PullRequest } from './forge.ts';
import type { Instant } from '../time.ts';
import type { Ports, Workspace } from './workspace.ts';

/** No head is this one. */
const NO_HEAD = '';

/**
 * Counts the approvals of an open rollback: reads reviews and commit authors, asks GitHub for the standing
 * of those who reviewed, and evaluates. Asks nothing where GitHub's own rules decide. Approvals given before `since`
 * count for no head.
 */
export async function countApprovals(
  workspace: Workspace,
  ports: Ports,
  policy: TargetPolicy,
  pull: PullRequest,
  since: Instant = 0,
): Promise<ApprovalState> {
  if (policy.approvals.by === 'github') return NOBODY_ASKED;
  const { forge } = ports;
  const [given, commitAuthors] = await Promise.all([
    forge.reviews(workspace.repository, pull.number),
    forge.commitAuthors(workspace.repository, pull.number),
  ]);
  const reviews = given.map((one) => (one.at < since ? { ...one, commit: NO_HEAD } : one));
  const { standing, failures } = await gatherStanding(
    forge,
    workspace.repository,
    reviews.map(({ user }) => user),
    policy.approvals.from,
  );
  const state = evaluateApproval({
    policy: policy.approvals,
    head: pull.head,
    author: pull.author,
    commitAuthors,
    reviews,
    standing,
  });
  const notCounted = state.notCounted.map((one) => {
    const failure = failures.find(({ user }) => user.id === one.user.id);
    return one.why === 'could-not-verify' && failure ? { ...one, detail: failure.reason } : one;
  });
  return { ...state, notCounted };
}
