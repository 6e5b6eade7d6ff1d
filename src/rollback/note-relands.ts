import { readRunning } from '../releases/read-releases.ts';
import { bringsBack } from '../releases/suspects.ts';
import { versionsOf } from '../releases/versions.ts';
import { commitState } from './commit-state.ts';
import { policyOf } from './up-to-date.ts';
import type { Ports, Workspace } from './workspace.ts';

/** Takes note of the releases that came with what a reland let back: each reland is for one. */
export async function noteRelands(workspace: Workspace, ports: Ports): Promise<void> {
  const { manifests, state } = workspace;
  // To write would call it Lastgood's own again, and that is for people.
  if (state.untrusted || state.unread !== undefined) return;
  const { commit: head } = await manifests.head();
  for (const { target, relands } of state.state.targets.values()) {
    const open = relands.filter(({ used }) => used === undefined);
    const policy = open.length > 0 ? policyOf(workspace, target) : undefined;
    if (!policy) continue;
    const running = await readRunning(manifests, policy.pins, head);
    if (running.problems.length > 0) continue;
    for (const { pins, at } of open) {
      // What ran when somebody let it back is not what was let back.
      if (running.at < at || !bringsBack(versionsOf(running), pins)) continue;
      const { commit } = running;
      await commitState(workspace, ports, {
        kind: 'used',
        target,
        pins,
        at: ports.clock(),
        commit,
      });
    }
  }
}
