/**
 * What became of a merged rollback whose following was lost with the store. What runs can still be followed; of what
 * does not, the journal says how it ended, so that no incident stays without an outcome.
 */
import { readTrailers } from '../journal/read-trailers.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { Oid } from '../releases/release.ts';
import { incidentOf } from '../rollback/branch.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { lostOutcomeSentence } from '../texts/recovery.ts';
import { DAY, type Instant } from '../time.ts';

/** A rollback that was merged longer ago is not followed by those who did not know of it. */
export const RECALLED = DAY;

/** A rollback that was merged, as git and GitHub know it. */
export interface MergedRollback {
  readonly branch: string;
  readonly number: number;
  readonly commit: Oid;
  readonly mergedAt: Instant;
}

/**
 * Writes how a merged rollback ended, where nobody follows it any more. Answers whether its end is known from now on;
 * false while it is followed, is about to be, or cannot be told yet. Asks GitHub nothing.
 */
export async function completeOutcome(
  workspace: Workspace,
  ports: Ports,
  { branch, number, commit, mergedAt }: MergedRollback,
): Promise<boolean> {
  const followed = workspace.recovering.get(branch);
  if (followed) return followed.phase === 'over';
  const incident = incidentOf(branch);
  const policy = incident && policyOf(workspace, incident.target);
  if (!policy) return false;
  const head = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, head.commit);
  if (running.problems.length > 0) return false;
  const runs = running.commit === commit;
  // Without a record of its own nobody takes up the following.
  const isTakenUp = readTrailers(running.body).ok && ports.clock() - mergedAt <= RECALLED;
  if (runs && isTakenUp) return false;
  const happened = runs ? 'unwatched' : 'superseded';
  ports.journal.write({
    kind: 'followed',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    incident: branch,
    sentence: lostOutcomeSentence(policy.target, number, happened),
    number,
    commit,
    happened,
    rebuilt: true,
  });
  return true;
}
