import type { AlertFor } from './alerts/alert.ts';
import { beginVisit } from './begin-visit.ts';
import type { LastgoodParts } from './lastgood-parts.ts';
import { createOpenedRepositories } from './opened-repositories.ts';
import type { HistorySource } from './releases/release.ts';
import type { Repository } from './rollback/forge.ts';
import { fullName } from './rollback/workspace.ts';
import type { LaneTurn, Visit } from './visit.ts';

/**
 * Lastgood itself. What it does for a repository, it does in the turns of the repository's lane, which is worked by
 * one process at a time.
 */
export interface Lastgood {
  /** Takes note of a repository. Answers whether it is new, or goes by another name or branch than before. */
  welcome(repository: Repository): boolean;
  /** The App lost access to a repository. */
  dismiss(repository: number): Promise<void>;
  /**
   * Begins a turn of a repository's lane; undefined when the App is not installed there. Whoever asks ends the visit.
   * Throws only when the store cannot be read, or the turn is over.
   */
  visit(repository: number, turn: LaneTurn): Promise<Visit | undefined>;
  /** Tells that nothing is done about alerts of a repository on which the App is not installed. */
  refuse(alerts: readonly AlertFor[]): void;
  /** The repositories that the App is installed on. */
  repositories(): readonly number[];
  /** The id of a repository by its name, `owner/name`. */
  idOf(name: string): number | undefined;
  /** The history of a repository, while it is open in this process. */
  manifestsOf(repository: number): HistorySource | undefined;
  /** Closes every repository, once its visit has ended. */
  close(): Promise<void>;
}

export function createLastgood(parts: LastgoodParts): Lastgood {
  const { journal, clock } = parts;
  /** The repositories that the App is installed on; those that could not be opened yet are not open. */
  const installed = new Map<number, Repository>();
  const opened = createOpenedRepositories(parts.openManifests);
  const visited = new Map<number, Promise<void>>();
  const formerNames = new Map<string, number>();

  /** By its name, or by one that it had before: those who send alerts learn of a new name last. */
  const idOf = (name: string): number | undefined => {
    const wanted = name.toLowerCase();
    const named = [...installed.values()].find((one) => fullName(one).toLowerCase() === wanted);
    return (named ?? installed.get(formerNames.get(wanted) ?? NaN))?.id;
  };

  return {
    welcome(repository) {
      const before = installed.get(repository.id);
      if (before) formerNames.set(fullName(before).toLowerCase(), before.id);
      installed.set(repository.id, repository);
      return (
        before?.defaultBranch !== repository.defaultBranch ||
        fullName(before) !== fullName(repository)
      );
    },
    async dismiss(id) {
      installed.delete(id);
      await visited.get(id);
      await opened.shut(id);
    },
    async visit(id, turn) {
      await visited.get(id);
      const repository = installed.get(id);
      if (!repository) return undefined;
      const ended = Promise.withResolvers<void>();
      const end = (): void => {
        if (visited.get(id) === ended.promise) visited.delete(id);
        ended.resolve();
      };
      visited.set(id, ended.promise);
      try {
        return await beginVisit(parts, opened, repository, turn, end);
      } catch (error) {
        end();
        throw error;
      }
    },
    refuse(alerts) {
      for (const { alert, repository } of alerts) {
        journal.write({
          kind: 'decided',
          at: clock(),
          repository,
          sentence: `Nothing is done about the alert ${alert.name}: the App is not installed on ${repository}. Install it there, or correct the repository of the alert source ${alert.source}.`,
          alert,
          decision: { act: 'ignore', reason: 'unknown-repository', facts: { repository } },
        });
      }
    },
    repositories: () => [...installed.keys()],
    idOf,
    manifestsOf: (id) => opened.get(id)?.workspace.manifests,
    async close() {
      await Promise.all(visited.values());
      await opened.shutAll();
    },
  };
}
