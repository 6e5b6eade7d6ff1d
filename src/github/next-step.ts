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
 * What is missing of a proposal, given what exists. An earlier pull request of the App that was closed or merged, or that
 * somebody pointed at another branch, is the answer, never reopened nor repeated; a branch with another content is never
 * touched. Somebody else's pull request is never taken over, however right its content: GitHub allows one, so while it is
 * open the branch is taken.
 */
export function nextStep(existing: Existing, proposal: Proposal): Step {
  const own = existing.pulls.filter((pull) => pull.own);
  const open = own.find((pull) => pull.state === 'open');
  const earlier = own.find((pull) => pull.state !== 'open');
  if (earlier && !open) return { kind: 'done', pull: earlier };
  if (earlier && open && open.number > earlier.number) {
    return { kind: 'done', pull: earlier, superfluous: open };
  }
  const { branch } = existing;
  const foreign = existing.pulls.find((pull) => !pull.own && pull.state === 'open');
  if (branch && foreign && !open) return { kind: 'taken', head: branch.head, pull: foreign };
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
  const before = own.findLast((pull) => pull.state === 'open' && pull !== open);
  return before ? { kind: 'done', pull: before, superfluous: open } : { kind: 'done', pull: open };
}
