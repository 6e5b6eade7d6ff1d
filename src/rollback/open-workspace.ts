import type { Manifests, Ports, Workspace } from './workspace.ts';
import type { Repository } from './forge.ts';
import { recallRollbacks } from './recall-rollbacks.ts';
import { reloadPolicies } from './up-to-date.ts';
import { warmUp } from './warm-up.ts';
import { REPOSITORY_DEFAULTS } from '../policy/defaults.ts';

/** Takes a repository on: its history, its policies, and the rollbacks that GitHub still knows of. */
export async function openWorkspace(
  repository: Repository,
  manifests: Manifests,
  ports: Ports,
): Promise<Workspace> {
  await manifests.fetch();
  const workspace: Workspace = {
    repository,
    manifests,
    policies: {
      set: { repository: REPOSITORY_DEFAULTS, targets: [], problems: [], disabled: [] },
      commit: '',
    },
    evidence: new Map(),
    evidenceSeen: 0,
    storm: { told: false },
    past: new Map(),
    open: new Map(),
  };
  await reloadPolicies(workspace, ports);
  await recallRollbacks(workspace, ports);
  await warmUp(workspace, ports);
  return workspace;
}
