import type { WaitsFor } from '../rollback/next-step.ts';
import type { Restrictions } from '../state/restrictions.ts';
import { inCode, inProse } from './escape.ts';
import { restrictionWords } from './restriction.ts';

/**
 * What an open rollback waits for, and who ends the wait. `approvals` says how far those are. Reads on from
 * "Pull request #12 " or "Now: ". Markdown.
 */
export function waitingSentence(
  waitsFor: WaitsFor,
  approvals: string,
  restrictions: Restrictions = {},
): string {
  switch (waitsFor) {
    case 'approval':
      return `waits for review. ${approvals}`;
    case 'github-approval':
      return 'waits for the reviews that the rules of the default branch ask for. Lastgood merges it when GitHub calls it approved.';
    case 'github-rule':
      return 'waits, because the policy leaves approvals to GitHub (approvals.by) and no rule of the default branch asks for reviews. Merge it yourself, add a rule, or let Lastgood count the approvals.';
    case 'approval-after-resolved':
      return `waits for an approval, because its alert resolved and nothing merges by itself any more. Approve it to roll back all the same, or close it. ${approvals}`;
    case 'approval-by-policy':
      return `waits for an approval, because the policy, as it stands by now, its limits or the evidence it asks for do not let it merge by itself. Approve it to roll back, or close it. ${approvals}`;
    case 'approval-in-storm':
      return `waits for an approval, because so many models fail at once that nothing merges by itself. Approve it to roll back, or close it; when the storm is over and its alert still fires, it goes on by itself. ${approvals}`;
    case 'approval-after-restart':
      return `waits for an approval, because Lastgood was restarted and cannot tell whether its alert still fires. Approve it to roll back, or close it. ${approvals}`;
    case 'approval-after-reopening':
      return `waits for an approval, because it was closed and reopened. Approve it to roll back, or close it. ${approvals}`;
    case 'hold':
      return `waits, because ${restrictionWords(restrictions.hold, 'holds its target')}. Lift the hold with /unhold to let it go on. ${approvals}`;
    case 'quarantined-goal':
      return `waits, because what it goes back to was quarantined since it was planned. Let that come back with /reland, or roll back to another version yourself. ${approvals}`;
    case 'freeze':
      return `waits, because ${restrictionWords(restrictions.freeze, 'froze this repository')}, and nothing merges by itself. Approve it to roll back all the same, or lift the freeze with /unfreeze. ${approvals}`;
    case 'state-untrusted':
      return `waits for an approval, because ${inCode(restrictions.untrusted?.by ?? 'somebody')} wrote to the branch of Lastgood's state, and nothing merges by itself until that is set right. ${approvals}`;
    case 'state-unreadable':
      return `waits, because ${inCode(restrictions.unreadable?.file ?? 'the state')} cannot be read (${inProse((restrictions.unreadable?.why ?? 'it is broken').replace(/\.$/, ''), 300)}) and nobody can tell whether its target is held. Mend the file on the branch of Lastgood's state, or merge it yourself.`;
    case 'objection':
      return `waits, because somebody asked for changes; else it would merge by itself. ${approvals}`;
    case 'other-base':
      return 'waits, because it no longer goes to the default branch. Set its base back to the default branch, or close it.';
    case 'foreign-head':
      return 'is not merged by Lastgood: somebody pushed to its branch, so it is no longer the plan that was evaluated. Reset the branch to the evaluated commit, or merge it yourself.';
    case 'policy':
      return 'waits, because no valid policy file on the default branch claims its target any more. Mend the policy file, or merge or close it yourself.';
    case 'readable-pins':
      return 'waits, because its pins cannot be read on the default branch and nobody can tell what runs. Mend the file there; then it goes on by itself.';
  }
}
