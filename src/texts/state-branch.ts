import type { Committed } from '../rollback/commit-state.ts';
import { targetKey, type Target } from '../target.ts';
import { flatten } from './escape.ts';

/** That somebody else than Lastgood wrote to the branch of the state, and what that means. */
export function stateUntrustedSentence(by: string): string {
  return `${flatten(by)} wrote to the branch of Lastgood's state. What that holds, freezes and quarantines counts, and what it lifts does not; nothing merges by itself until somebody who may gives a command that changes the state. Protect the branch with a ruleset that lets only Lastgood write to it.`;
}

/** That the state could not be looked at, and what that means. */
export function stateUnreadSentence(why: string): string {
  return `Lastgood's state cannot be looked at, so nobody can tell what is held or frozen, and people are told instead of anything else. ${flatten(why, 400)} It is looked at again soon.`;
}

/** That what a rollback quarantined could not be written down, and what counts meanwhile. */
export function notNotedSentence(
  target: Target,
  committed: Extract<Committed, { kind: 'unreadable' | 'forbidden' }>,
): string {
  const why =
    committed.kind === 'unreadable' ? `${committed.file} cannot be read.` : committed.message;
  return `What was rolled back from in ${targetKey(target)} could not be written into Lastgood's state: ${flatten(why, 300)} It is quarantined all the same, as the history tells it. Let Lastgood write to its branch; it tries again with the next change.`;
}
