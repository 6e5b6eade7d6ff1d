import type { Alert, AlertFor } from './alerts/alert.ts';
import { createLanes } from './lanes.ts';
import type { Journal } from './journal/entry.ts';
import { advanceRollback } from './rollback/advance-rollback.ts';
import { incidentOf } from './rollback/branch.ts';
import type { Forge, Repository } from './rollback/forge.ts';
import { openWorkspace } from './rollback/open-workspace.ts';
import { recallLeftOut, recallReopened } from './rollback/recall-rollbacks.ts';
import { alertKey } from './rollback/alert-key.ts';
import { reconsiderAlert, respondToAlerts } from './rollback/respond-to-alert.ts';
import type { Evidence } from './decision/decision.ts';
import { sweepRepository, type SweepReport } from './rollback/sweep-repository.ts';
import { bringUpToDate } from './rollback/up-to-date.ts';
import { recallStorm } from './rollback/watch-storm.ts';
import { fullName, type Manifests, type Ports, type Workspace } from './rollback/workspace.ts';
import { failureSentence } from './texts/failure.ts';
import { MINUTE, type Clock, type Instant } from './time.ts';
import { createTimers, type Timers } from './timers.ts';

/** What Lastgood needs from outside to work. */
export interface LastgoodParts {
  readonly forge: Forge;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly presets: readonly { readonly name: string; readonly text: string }[];
  /** Default: those of this process. */
  readonly timers?: Timers;
  /** What was seen of a repository's alerts before this process began. */
  readonly recallEvidence?: (repository: number) => Promise<readonly Evidence[]>;
  /** Opens the local copy of a repository. */
  readonly openManifests: (repository: Repository) => Promise<Manifests>;
}

/**
 * Lastgood itself: every use case by the event that leads to it. Each returns once its work is done; work for one
 * repository is done in the order in which it came.
 */
export interface Lastgood {
  /** Takes a repository on; asking for one that is there already updates its name and its default branch. */
  welcome(repository: Repository): Promise<void>;
  /** The App lost access to a repository. */
  dismiss(repository: number): Promise<void>;
  alerted(alerts: readonly AlertFor[]): Promise<void>;
  /** The default branch has a new head. */
  pushed(repository: number, branch: string): Promise<void>;
  /** Something about a pull request changed: its state, its head, its base, a review. */
  pullChanged(repository: number, branch: string): Promise<void>;
  /** Somebody reopened a pull request. */
  pullReopened(
    repository: number,
    pull: { readonly number: number; readonly branch: string; readonly at: Instant },
  ): Promise<void>;
  /** A check or a status of some commit changed. */
  checksChanged(repository: number, head: string): Promise<void>;
  /**
   * Compares every repository with what should be, and goes on where a delivery or a timer was lost. Answers the
   * reports by repository; one that could not be swept is missing, and told.
   */
  sweep(only?: number): Promise<ReadonlyMap<number, SweepReport>>;
  /** The repositories that the App is installed on. */
  repositories(): readonly number[];
  /** The id of a repository by its name, `owner/name`. */
  idOf(name: string): number | undefined;
  /** What was seen of an alert, by its key. */
  evidenceOf(repository: string, key: string): Evidence | undefined;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** How long to wait before another try to open a repository, unless something happens there before. */
const OPEN_AGAIN = 5 * MINUTE;

export function createLastgood(parts: LastgoodParts): Lastgood {
  const { journal, clock } = parts;
  const lanes = createLanes();
  const timers = parts.timers ?? createTimers(clock);
  /** The repositories that the App is installed on; those that could not be opened yet have no workspace. */
  const installed = new Map<number, Repository>();
  const workspaces = new Map<number, Workspace>();
  const formerNames = new Map<string, number>();

  const ports: Ports = {
    forge: parts.forge,
    journal,
    clock,
    presets: parts.presets,
    later: (repository, name, when, work) => {
      timers.at(`${repository.id} ${name}`, when, () => void inLane(repository.id, work));
    },
  };

  const open = async (repository: Repository): Promise<Workspace> => {
    const before = workspaces.get(repository.id);
    workspaces.delete(repository.id);
    await before?.manifests.close();
    const manifests = await parts.openManifests(repository);
    try {
      const workspace = await openWorkspace(repository, manifests, ports);
      const seen = before?.evidence.values() ?? (await parts.recallEvidence?.(repository.id)) ?? [];
      for (const evidence of seen) workspace.evidence.set(alertKey(evidence.alert), evidence);
      recallStorm(workspace, ports, advanceRollback);
      workspaces.set(repository.id, workspace);
      return workspace;
    } catch (error) {
      await manifests.close();
      throw error;
    }
  };

  /** The workspace of a repository as it is now called; opened when it is not yet, or goes by another branch. */
  const enter = async (id: number): Promise<Workspace | undefined> => {
    const repository = installed.get(id);
    if (!repository) return undefined;
    const workspace = workspaces.get(id);
    if (workspace?.repository.defaultBranch === repository.defaultBranch) {
      workspace.repository = repository;
      return workspace;
    }
    try {
      const opened = await open(repository);
      // What happened while nobody looked: approvals, merges, other releases.
      await advanceAll(opened);
      // What was to be done about them may have been lost with the process that decided it.
      for (const { alert } of opened.evidence.values()) {
        if (alert.status === 'firing') await reconsiderAlert(opened, ports, alert, 'if-it-acts');
      }
      return opened;
    } catch (error) {
      timers.at(`${id} open`, clock() + OPEN_AGAIN, () => void inLane(id, nothing));
      failed(repository, failureSentence('Reading the repository', error, OPEN_AGAIN), error);
      return undefined;
    }
  };

  const failed = (repository: Repository, sentence: string, error: unknown): void => {
    journal.write({
      kind: 'failed',
      at: clock(),
      repository: fullName(repository),
      sentence,
      error,
    });
  };

  /** Does the work when the repository is known. A failure is written down, never thrown at the next in line. */
  const inLane = (id: number, work: (workspace: Workspace) => Promise<unknown>): Promise<void> =>
    lanes.run(id, async () => {
      const workspace = await enter(id);
      if (!workspace) return;
      try {
        await work(workspace);
      } catch (error) {
        failed(workspace.repository, failureSentence('The last step', error), error);
      }
    });

  /** Policies that were broken may be mended by now, so what could not be continued is tried as well. */
  const advanceAll = async (workspace: Workspace): Promise<void> => {
    await recallLeftOut(workspace, ports);
    for (const branch of workspace.open.keys()) await advanceRollback(workspace, ports, branch);
  };

  const advance = (id: number, wanted: (branch: string, head: string) => boolean): Promise<void> =>
    inLane(id, async (workspace) => {
      for (const { branch, verifiedHead } of workspace.open.values()) {
        if (wanted(branch, verifiedHead)) await advanceRollback(workspace, ports, branch);
      }
    });

  /** By its name, or by one that it had before: those who send alerts learn of a new name last. */
  const byName = (name: string): Repository | undefined => {
    const wanted = name.toLowerCase();
    const named = [...installed.values()].find((one) => fullName(one).toLowerCase() === wanted);
    return named ?? installed.get(formerNames.get(wanted) ?? NaN);
  };

  return {
    welcome(repository) {
      const before = installed.get(repository.id);
      if (before) formerNames.set(fullName(before).toLowerCase(), before.id);
      installed.set(repository.id, repository);
      return inLane(repository.id, nothing);
    },
    dismiss(id) {
      installed.delete(id);
      return lanes.run(id, async () => {
        await workspaces.get(id)?.manifests.close();
        workspaces.delete(id);
      });
    },
    async alerted(alerts) {
      const byRepository = new Map<number, Alert[]>();
      for (const { alert, repository } of alerts) {
        const id = byName(repository)?.id;
        if (id === undefined) unknownRepository(parts, alert, repository);
        else byRepository.set(id, [...(byRepository.get(id) ?? []), alert]);
      }
      await Promise.all(
        [...byRepository].map(([id, some]) =>
          inLane(id, (workspace) => respondToAlerts(workspace, ports, some)),
        ),
      );
    },
    pushed: (id, branch) =>
      inLane(id, async (workspace) => {
        if (branch !== workspace.repository.defaultBranch) return;
        await bringUpToDate(workspace, ports);
        await advanceAll(workspace);
      }),
    pullChanged: (id, branch) =>
      incidentOf(branch) ? advance(id, (one) => one === branch) : Promise.resolve(),
    pullReopened: (id, { branch, number, at }) =>
      incidentOf(branch)
        ? inLane(id, async (workspace) => {
            await recallReopened(workspace, ports, number, at);
            await advanceRollback(workspace, ports, branch);
          })
        : Promise.resolve(),
    checksChanged: (id, head) => advance(id, (_, verified) => verified === head),
    async sweep(only) {
      const reports = new Map<number, SweepReport>();
      const sweepOne = (id: number): Promise<void> =>
        inLane(id, async (workspace) => {
          reports.set(id, await sweepRepository(workspace, ports));
        });
      const wanted = only === undefined ? [...installed.keys()] : [only];
      await Promise.all(wanted.map(sweepOne));
      return reports;
    },
    repositories: () => [...installed.keys()],
    idOf: (name) => byName(name)?.id,
    evidenceOf: (name, key) => {
      const id = byName(name)?.id;
      return id === undefined ? undefined : workspaces.get(id)?.evidence.get(key);
    },
    idle: () => lanes.idle(),
    async close() {
      timers.close();
      await lanes.idle();
      await Promise.all([...workspaces.values()].map(({ manifests }) => manifests.close()));
    },
  };
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

function unknownRepository(parts: LastgoodParts, alert: Alert, repository: string): void {
  parts.journal.write({
    kind: 'decided',
    at: parts.clock(),
    repository,
    sentence: `Nothing is done about the alert ${alert.name}: the App is not installed on ${repository}. Install it there, or correct the repository of the alert source ${alert.source}.`,
    alert,
    decision: { act: 'ignore', reason: 'unknown-repository', facts: { repository } },
  });
}
