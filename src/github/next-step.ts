import type { Oid } from '../releases/release.ts';
import type { Proposal, PullRequest } from '../rollback/forge.ts';
import type { Existing } from './existing.ts';

/** The one thing to do next towards a proposal. */
export type Step =
  /** `superfluous`: opened beside an earlier one; it has to go again. */
  | { readonly kind: 'done'; readonly pull: PullRequest; readonly superfluous?: PullRequest }
  | { readonly kind: 'create-branch' }
  | { readonly kind: 'forward-branch'; readonly from: Oid }
  | { readonly kind: 'commit' }
  | { readonly kind: 'open-pull' }
  | { readonly kind: 'taken'; readonly head: Oid; readonly pull?: PullRequest };

/**
 * What is missing of a proposal, given what exists. An earlier pull request that was closed or merged, or that somebody
 * pointed at another branch, is the answer, never reopened nor repeated; a branch with another content is never touched.
 */
export function nextStep(existing: Existing, proposal: Proposal): Step {
  const open = existing.pulls.find((pull) => pull.state === 'open');
  const earlier = existing.pulls.find((pull) => pull.state !== 'open');
  if (earlier && !open) return { kind: 'done', pull: earlier };
  if (earlier && open && open.number > earlier.number && isByApp(open, earlier)) {
    return { kind: 'done', pull: earlier, superfluous: open };
  }
  const { branch } = existing;
  // An open pull request without a branch: GitHub is about to close it, or does not show the branch yet.
  if (!branch) return open ? { kind: 'done', pull: open } : { kind: 'create-branch' };
  if (branch.content === 'other') {
    return { kind: 'taken', head: branch.head, ...(open && { pull: open }) };
  }
  if (branch.content === 'none') {
    return branch.head === proposal.base
      ? { kind: 'commit' }
      : { kind: 'forward-branch', from: branch.head };
  }
  if (!open) return { kind: 'open-pull' };
  const before = existing.pulls.findLast(
    (pull) => pull.state === 'open' && pull !== open && isByApp(open, pull),
  );
  return before ? { kind: 'done', pull: before, superfluous: open } : { kind: 'done', pull: open };
}

/** Whether the bot that opened the earlier one opened this one too: a person's own pull request is left alone. */
function isByApp(pull: PullRequest, earlier: PullRequest): boolean {
  return pull.author.bot && pull.author.id === earlier.author.id;
}
