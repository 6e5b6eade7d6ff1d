import type { Card } from '../notify/card.ts';
import type { Evidence } from '../decision/decision.ts';
import type { KeptJournal } from '../journal/journal-book.ts';
import { REPOSITORY_DEFAULTS } from '../policy/defaults.ts';
import type { TargetDrills } from '../drill/drill.ts';
import { alertKey } from './alert-key.ts';
import type { Repository } from './forge.ts';
import { recallRollbacks } from './recall-rollbacks.ts';
import { bringUpToDate, readAnew } from './up-to-date.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { Oid } from '../releases/release.ts';
import { recallState } from '../state/view.ts';
import { recallStorm } from './watch-storm.ts';
import type { KeptRollback, Manifests, Ports, Workspace } from './workspace.ts';

/** What outlived the process, or was left by another one, and cannot be read from git and GitHub. */
export interface Kept {
  readonly evidence: readonly Evidence[];
  readonly rollbacks: readonly KeptRollback[];
  /** The newest commit of the state's branch that is known to be Lastgood's own. */
  readonly trusted?: Oid;
  /** The merged rollbacks that are followed. */
  readonly recoveries: readonly Recovery[];
  readonly drills: readonly TargetDrills[];
  /** What people were told of incidents, by incident. */
  readonly cards: ReadonlyMap<string, Card>;
  /** What waits to be written to the journal, and what is known of its branch. */
  readonly journal: KeptJournal;
}

/**
 * Reads what there is to know of a repository: its history, its policies, what was kept of it, and the rollbacks that
 * GitHub knows of. `before` is what was known until another process worked the lane: of it, only the policies are
 * taken over, so that their problems are not told again.
 */
export async function openWorkspace(
  repository: Repository,
  manifests: Manifests,
  ports: Ports,
  kept: Kept,
  before?: Workspace,
): Promise<Workspace> {
  const workspace: Workspace = {
    repository,
    manifests,
    policies: before?.policies ?? {
      set: { repository: REPOSITORY_DEFAULTS, targets: [], problems: [], disabled: [] },
      commit: '',
    },
    state: recallState(before?.state, kept.trusted),
    evidence: new Map(kept.evidence.map((one) => [alertKey(one.alert), one])),
    evidenceSeen: 0,
    storm: { told: false },
    found: new Map(),
    past: new Map(),
    open: new Map(),
    taken: new Set(),
    recovering: new Map(kept.recoveries.map((one) => [one.branch, one])),
    drills: new Map(kept.drills.map((one) => [one.target, one])),
    kept: new Map(kept.rollbacks.map((one) => [one.branch, one])),
  };
  manifests.expectOwn();
  // What is pushed while it is cloned is told by a delivery of its own.
  if (manifests.cloned && !before) await readAnew(workspace, ports);
  else await bringUpToDate(workspace, ports);
  await recallRollbacks(workspace, ports);
  recallStorm(workspace, ports);
  return workspace;
}
