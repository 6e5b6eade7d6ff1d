import type { WaitsFor } from '../rollback/next-step.ts';

/** One sentence for what an open rollback waits for, and who ends the wait. */
export function waitingSentence(waitsFor: WaitsFor, approvals: string): string {
  switch (waitsFor) {
    case 'approval':
      return `waits for review. ${approvals}`;
    case 'github-approval':
      return 'waits for the reviews that the rules of the default branch ask for; it is merged when GitHub calls it approved.';
    case 'approval-after-resolved':
      return `the alert resolved, so nothing merges by itself any more. Approve to roll back all the same, or close this pull request. ${approvals}`;
    case 'foreign-head':
      return 'somebody pushed to this branch, so it is no longer the plan that was evaluated and is never merged by Lastgood. Reset the branch to the evaluated commit, or merge it yourself.';
    case 'policy':
      return 'no valid policy file on the default branch claims this target any more, so nothing is merged. Mend the policy file, or merge or close this pull request yourself.';
    case 'readable-pins':
      return 'the pins of this target cannot be read on the default branch, so nobody can tell what runs. Mend the file there; this continues by itself.';
  }
}
