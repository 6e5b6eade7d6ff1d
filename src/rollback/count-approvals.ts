import { evaluateApproval } from '../approval/evaluate-approval.ts';
import { gatherStanding } from '../approval/gather-standing.ts';
import { NOBODY_ASKED, type ApprovalState } from '../approval/approval.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { PullRequest, Review } from './forge.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

type Counted = Pick<OpenRollback, 'approvalsSince' | 'votes' | 'record'>;

/** No head is this one. */
const NO_HEAD = '';

/**
 * Counts the approvals of an open rollback: reads reviews and commit authors, asks GitHub for the standing
 * of those who reviewed, and evaluates. Approvals by command count as reviews do. Asks nothing where GitHub's own rules
 * decide. Approvals given before it was reopened, or sent back to the default branch, count for no head.
 */
export async function countApprovals(
  workspace: Workspace,
  ports: Ports,
  policy: TargetPolicy,
  pull: PullRequest,
  { approvalsSince: since = 0, votes, record }: Counted,
): Promise<ApprovalState> {
  if (policy.approvals.by === 'github') return NOBODY_ASKED;
  const { forge } = ports;
  const [given, commitAuthors] = await Promise.all([
    forge.reviews(workspace.repository, pull.number),
    forge.commitAuthors(workspace.repository, pull.number),
  ]);
  const said = votes.map(({ user, commit, at }, index): Review => {
    return { id: -index, user, state: 'approved', commit, at };
  });
  const reviews = [...given, ...said].map((one) =>
    one.at < since ? { ...one, commit: NO_HEAD } : one,
  );
  const { standing, failures } = await gatherStanding(
    forge,
    workspace.repository,
    reviews.map(({ user }) => user),
    policy.approvals.from,
  );
  // Whoever sends an alert asks for what comes of it.
  const requester = record.requestedBy ?? record.alertBy;
  const state = evaluateApproval({
    policy: policy.approvals,
    head: pull.head,
    author: pull.author,
    ...(requester && { requester: { ...requester, bot: false } }),
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
