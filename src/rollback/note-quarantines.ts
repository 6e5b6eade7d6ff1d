/**
 * What rollbacks quarantine, written into the state.
 *
 * The races: a process dies between a merge and this; somebody relands the version before it is written; somebody
 * rewrites the branch, or the database is a new one.
 *
 * What must hold: no merge waits for it, every rollback is written down once, and what a person said about a version
 * since is not undone by it.
 *
 * How: history tells what is missing, and when it began. So it is looked at whenever a rollback has ended and with
 * every sweep, and the state of a repository can be rebuilt. Until it is written, history itself counts.
 */
import { recallRollbacks } from '../releases/recall-rolled-back.ts';
import type { Oid } from '../releases/release.ts';
import { stateOf, type State } from '../state/state.ts';
import { notNotedSentence } from '../texts/state-branch.ts';
import { commitState } from './commit-state.ts';
import { missingQuarantines } from './missing-quarantines.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/** So many are written in one go, so that a long history does not keep the lane; the next sweep goes on. */
const MOST_AT_ONCE = 20;

/** What was looked at last, so that a sweep over what has not changed costs nothing. */
const seen = new WeakMap<Workspace, { readonly head: Oid; readonly state: State }>();

/** Adds to the state what rollbacks went away from, as far as it is not there. */
export async function noteQuarantines(workspace: Workspace, ports: Ports): Promise<void> {
  const { manifests, policies } = workspace;
  // To write would call it Lastgood's own again, and that is for people.
  if (workspace.state.untrusted || workspace.state.unread !== undefined) return;
  const { commit: head } = await manifests.head();
  const before = seen.get(workspace);
  if (before?.head === head && before.state === workspace.state.state) return;
  let left = MOST_AT_ONCE;
  for (const policy of policies.set.targets) {
    const told = await recallRollbacks(manifests, policy, head, []);
    const known = stateOf(workspace.state.state, policy.target);
    for (const change of missingQuarantines(known, told, ports.clock())) {
      if (left === 0) return;
      left -= 1;
      const committed = await commitState(workspace, ports, change);
      if (committed.kind === 'written' || committed.kind === 'already') continue;
      seen.set(workspace, { head, state: workspace.state.state });
      ports.journal.write({
        kind: 'state',
        at: ports.clock(),
        repository: fullName(workspace.repository),
        sentence: notNotedSentence(policy.target, committed),
      });
      return;
    }
  }
  seen.set(workspace, { head, state: workspace.state.state });
}
