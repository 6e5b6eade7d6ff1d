import type { Alert, AlertFor } from './alerts/alert.ts';
import { createLanes } from './lanes.ts';
import type { Journal } from './journal/entry.ts';
import { advanceRollback } from './rollback/advance-rollback.ts';
import { incidentOf } from './rollback/branch.ts';
import type { Forge, Repository } from './rollback/forge.ts';
import { openWorkspace } from './rollback/open-workspace.ts';
import { respondToAlert } from './rollback/respond-to-alert.ts';
import { bringUpToDate } from './rollback/up-to-date.ts';
import { fullName, type Manifests, type Ports, type Workspace } from './rollback/workspace.ts';
import type { Clock } from './time.ts';
import { createTimers, type Timers } from './timers.ts';

/** What Lastgood needs from outside to work. */
export interface LastgoodParts {
  readonly forge: Forge;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly presets: readonly { readonly name: string; readonly text: string }[];
  /** Default: those of this process. */
  readonly timers?: Timers;
  /** Opens the local copy of a repository. */
  readonly openManifests: (repository: Repository) => Promise<Manifests>;
}

/**
 * Lastgood itself: every use case by the event that leads to it. Each returns once its work is done; work for one
 * repository is done in the order in which it came.
 */
export interface Lastgood {
  /** Takes a repository on; asking for one that is there already updates its name. */
  welcome(repository: Repository): Promise<void>;
  /** The App lost access to a repository. */
  dismiss(repository: number): Promise<void>;
  alerted(alerts: readonly AlertFor[]): Promise<void>;
  /** The default branch has a new head. */
  pushed(repository: number, branch: string): Promise<void>;
  /** Something about a pull request changed: its state, its head, a review. */
  pullChanged(repository: number, branch: string): Promise<void>;
  /** A check or a status of some commit changed. */
  checksChanged(repository: number, head: string): Promise<void>;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export function createLastgood(parts: LastgoodParts): Lastgood {
  const lanes = createLanes();
  const timers = parts.timers ?? createTimers(parts.clock);
  const workspaces = new Map<number, Workspace>();

  const ports: Ports = {
    forge: parts.forge,
    journal: parts.journal,
    clock: parts.clock,
    presets: parts.presets,
    later: (repository, name, when, work) => {
      timers.at(`${repository.id} ${name}`, when, () => void inLane(repository.id, work));
    },
  };

  /** Does the work when the repository is known. A failure is written down, never thrown at the next in line. */
  const inLane = (id: number, work: (workspace: Workspace) => Promise<unknown>): Promise<void> =>
    lanes.run(id, async () => {
      const workspace = workspaces.get(id);
      if (!workspace) return;
      try {
        await work(workspace);
      } catch (error) {
        parts.journal.write({
          kind: 'failed',
          at: parts.clock(),
          repository: fullName(workspace.repository),
          sentence: error instanceof Error ? error.message : String(error),
          error,
        });
      }
    });

  const advance = (id: number, wanted: (branch: string, head: string) => boolean): Promise<void> =>
    inLane(id, async (workspace) => {
      for (const rollback of workspace.open.values()) {
        if (wanted(rollback.branch, rollback.verifiedHead)) {
          await advanceRollback(workspace, ports, rollback);
        }
      }
    });

  const byName = (name: string): Workspace | undefined =>
    [...workspaces.values()].find(
      ({ repository }) => fullName(repository).toLowerCase() === name.toLowerCase(),
    );

  return {
    welcome: (repository) =>
      lanes.run(repository.id, async () => {
        const known = workspaces.get(repository.id);
        if (known) known.repository = repository;
        else {
          const manifests = await parts.openManifests(repository);
          workspaces.set(repository.id, await openWorkspace(repository, manifests, ports));
        }
      }),
    dismiss: (id) =>
      lanes.run(id, async () => {
        await workspaces.get(id)?.manifests.close();
        workspaces.delete(id);
      }),
    async alerted(alerts) {
      await Promise.all(
        alerts.map(({ alert, repository }) => {
          const workspace = byName(repository);
          return workspace
            ? inLane(workspace.repository.id, (current) => respondToAlert(current, ports, alert))
            : unknownRepository(parts, alert, repository);
        }),
      );
    },
    pushed: (id, branch) =>
      inLane(id, async (workspace) => {
        if (branch !== workspace.repository.defaultBranch) return;
        await bringUpToDate(workspace, ports);
        for (const rollback of workspace.open.values()) {
          await advanceRollback(workspace, ports, rollback);
        }
      }),
    pullChanged: (id, branch) =>
      incidentOf(branch) ? advance(id, (one) => one === branch) : Promise.resolve(),
    checksChanged: (id, head) => advance(id, (_, verified) => verified === head),
    idle: () => lanes.idle(),
    async close() {
      timers.close();
      await lanes.idle();
      await Promise.all([...workspaces.values()].map(({ manifests }) => manifests.close()));
    },
  };
}

function unknownRepository(parts: LastgoodParts, alert: Alert, repository: string): Promise<void> {
  parts.journal.write({
    kind: 'decided',
    at: parts.clock(),
    repository,
    sentence: `Nothing is done about the alert ${alert.name}: the App is not installed on ${repository}. Install it there, or correct the repository of the alert source ${alert.source}.`,
    alert,
    decision: { act: 'ignore', reason: 'unknown-repository', facts: { repository } },
  });
  return Promise.resolve();
}
