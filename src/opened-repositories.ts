import { keptOf, type KeptState } from './kept-state.ts';
import { NOWHERE, type KeptJournal } from './journal/journal-book.ts';
import type { LastgoodParts } from './lastgood-parts.ts';
import type { Card } from './notify/card.ts';
import type { Repository } from './rollback/forge.ts';
import { openWorkspace, type Kept } from './rollback/open-workspace.ts';
import { warmUp } from './rollback/warm-up.ts';
import type { Ports, Workspace } from './rollback/workspace.ts';
import type { LaneTurn } from './visit.ts';

/** A repository that is open in this process. */
export interface Opened {
  readonly workspace: Workspace;
  /** The stretch of turns for which what is known of it holds: in another one, somebody else worked the lane since. */
  readonly stretch: number;
  /** What the store keeps of it. */
  kept: KeptState;
  /** Whether anybody looked after what happened before it was opened here. */
  looked: boolean;
  /** What people were told of its incidents. */
  cards: ReadonlyMap<string, Card>;
  /** What waits to be written to the journal. */
  journal: KeptJournal;
  /** Whether the last visit's changes stand on the disk; if that is not known, everything is read anew. */
  sure: boolean;
}

/** The repositories that are open in this process, by their ids. */
export interface OpenedRepositories {
  get(id: number): Opened | undefined;
  /** Whether what is known of a repository holds in this turn, so that nothing is read anew. */
  holds(repository: Repository, turn: LaneTurn): boolean;
  /** The repository as it is now: as it was left, or by what is `kept`, where another process may have worked it since. */
  enter(
    repository: Repository,
    turn: LaneTurn,
    ports: Ports,
    kept: Kept | undefined,
  ): Promise<Opened>;
  shut(id: number): Promise<void>;
  shutAll(): Promise<void>;
}

export const NOTHING_KEPT: KeptJournal = { pending: [], place: NOWHERE };

export function createOpenedRepositories(
  openManifests: LastgoodParts['openManifests'],
): OpenedRepositories {
  const opened = new Map<number, Opened>();

  const shut = async (id: number): Promise<void> => {
    const known = opened.get(id);
    opened.delete(id);
    await known?.workspace.manifests.close();
  };

  return {
    get: (id) => opened.get(id),
    holds(repository, turn) {
      const known = opened.get(repository.id);
      return (
        known !== undefined &&
        known.sure &&
        known.stretch === turn.stretch &&
        known.workspace.repository.defaultBranch === repository.defaultBranch
      );
    },
    async enter(repository, { stretch }, ports, kept) {
      const { id } = repository;
      const known = opened.get(id);
      if (known && kept === undefined) {
        known.workspace.repository = repository;
        return known;
      }
      const before =
        known?.workspace.repository.defaultBranch === repository.defaultBranch
          ? known.workspace
          : undefined;
      if (known && !before) await shut(id);
      const manifests = before?.manifests ?? (await openManifests(repository));
      try {
        const some: Kept = kept ?? {
          evidence: [],
          rollbacks: [],
          recoveries: [],
          drills: [],
          cards: new Map(),
          journal: NOTHING_KEPT,
        };
        const workspace = await openWorkspace(repository, manifests, ports, some, before);
        const looked = before !== undefined && known?.looked === true;
        const one = {
          workspace,
          cards: some.cards,
          journal: some.journal,
          stretch,
          kept: keptOf(workspace, some.trusted),
          looked,
          sure: false,
        };
        if (!before) await warmUp(workspace, ports);
        opened.set(id, one);
        return one;
      } catch (error) {
        opened.delete(id);
        await manifests.close();
        throw error;
      }
    },
    shut,
    async shutAll() {
      await Promise.all([...opened.keys()].map(shut));
    },
  };
}
