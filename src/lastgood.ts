import type { AlertFor } from './alerts/alert.ts';
import type { Conversation, Self } from './commands/conversation.ts';
import type { CheckPorts } from './check/checks.ts';
import { createAgenda } from './agenda.ts';
import type { Journal } from './journal/entry.ts';
import { createJournalBook, NOWHERE, type KeptJournal } from './journal/journal-book.ts';
import type { Page, PagesOver } from './notify/pager.ts';
import { changesOf, keptOf, type KeptState } from './kept-state.ts';
import type { MetricServers } from './metrics/metric-servers.ts';
import type { Card } from './notify/card.ts';
import { createCardBook } from './notify/card-book.ts';
import type { Notices } from './notify/notices.ts';
import type { HistorySource } from './releases/release.ts';
import { bindConversation, bindForge, bindOwnBranch } from './rollback/bind-forge.ts';
import type { Forge, Repository } from './rollback/forge.ts';
import { backOff, isPassing } from './rollback/insist.ts';
import { openWorkspace, type Kept } from './rollback/open-workspace.ts';
import type { OwnBranch } from './state/own-branch.ts';
import type { SweepReport } from './rollback/sweep-repository.ts';
import { warmUp } from './rollback/warm-up.ts';
import { fullName, type Manifests, type Ports, type Workspace } from './rollback/workspace.ts';
import type { Turn } from './store/settlement.ts';
import { failureSentence } from './texts/failure.ts';
import { SECOND, type Clock, type Instant } from './time.ts';
import { visitUnreadable } from './visit-unreadable.ts';
import { lookAround, visitWorkspace } from './visit-workspace.ts';
import { noteWatchedLater } from './watch/note-watched.ts';
import type { WatchBook } from './watch/watch-book.ts';
import type { Visit } from './visit.ts';

/** What Lastgood needs from outside to work. */
export interface LastgoodParts {
  readonly forge: Forge;
  readonly conversation: Conversation;
  /** Who the App is at GitHub. */
  readonly self: (repository: Repository) => Promise<Self>;
  readonly checks: CheckPorts;
  readonly ownBranch: OwnBranch;
  readonly examine: Ports['examine'];
  readonly metrics: MetricServers;
  readonly watchBook: WatchBook;
  readonly measure: Ports['measure'];
  readonly notices: Notices;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly presets: readonly { readonly name: string; readonly text: string }[];
  /** What is kept of a repository beside git and GitHub, by whichever process. */
  readonly recall: (repository: number) => Promise<Kept>;
  /** Opens the local copy of a repository. */
  readonly openManifests: (repository: Repository) => Promise<Manifests>;
  /** Calls people. Default: what calls for people is in the journal only. */
  readonly page?: (page: Page) => Promise<void>;
  /** Takes back the calls about an incident that needs nobody any more. */
  readonly resolvePages?: (over: PagesOver) => Promise<void>;
  /** Told what a sweep found. */
  readonly swept?: (repository: number, report: SweepReport) => void;
}

/** The turn of a repository's lane in which something is done. */
export interface LaneTurn extends Pick<Turn, 'signal' | 'stretch'> {
  /** Which try it is to open the repository, if it is closed; 1 unless given. */
  readonly attempts?: number;
}

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

/** A repository that is open in this process. */
interface Opened {
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

const NOTHING_KEPT: KeptJournal = { pending: [], place: NOWHERE };

/** The first wait before another try to open a repository. */
const OPEN_AGAIN = 5 * SECOND;

export function createLastgood(parts: LastgoodParts): Lastgood {
  const { journal, clock, presets, page = () => Promise.resolve() } = parts;
  const { resolvePages = () => Promise.resolve() } = parts;
  /** The repositories that the App is installed on; those that could not be opened yet are not open. */
  const installed = new Map<number, Repository>();
  const opened = new Map<number, Opened>();
  const visited = new Map<number, Promise<void>>();
  const formerNames = new Map<string, number>();

  const shut = async (id: number): Promise<void> => {
    const known = opened.get(id);
    opened.delete(id);
    await known?.workspace.manifests.close();
  };

  /** The repository as it is now: as it was left, or read anew where another process may have worked it since. */
  const enter = async (
    repository: Repository,
    { stretch }: LaneTurn,
    ports: Ports,
    kept: Kept | undefined,
  ): Promise<Opened> => {
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
    const manifests = before?.manifests ?? (await parts.openManifests(repository));
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
  };

  const holds = (repository: Repository, turn: LaneTurn): boolean => {
    const known = opened.get(repository.id);
    return (
      known !== undefined &&
      known.sure &&
      known.stretch === turn.stretch &&
      known.workspace.repository.defaultBranch === repository.defaultBranch
    );
  };

  const begin = async (repository: Repository, turn: LaneTurn, end: () => void): Promise<Visit> => {
    const { id } = repository;
    const { signal, attempts = 1 } = turn;
    const agenda = createAgenda();
    const { later } = agenda;
    const kept = holds(repository, turn) ? undefined : await parts.recall(id);
    const told = kept?.cards ?? opened.get(id)?.cards ?? new Map<string, Card>();
    const cards = createCardBook({ journal: parts.journal, later, clock }, told);
    const waiting = kept?.journal ?? opened.get(id)?.journal ?? NOTHING_KEPT;
    const book = createJournalBook({ journal: cards.journal, later, clock }, waiting);
    const { journal } = book;
    const forge = bindForge(parts.forge, signal);
    const conversation = bindConversation(parts.conversation, signal);
    const { self } = parts;
    const ownBranch = bindOwnBranch(parts.ownBranch, signal);
    const ports: Ports = {
      forge,
      checks: parts.checks,
      notices: parts.notices,
      cards,
      conversation,
      self,
      ownBranch,
      examine: parts.examine,
      metrics: parts.metrics,
      watchBook: parts.watchBook,
      measure: parts.measure,
      journal,
      book,
      clock,
      presets,
      async page(call) {
        await page({ ...call, repositoryId: id });
        const { key, severity, sentence } = call;
        const at = clock();
        book.note({
          kind: 'paged',
          at,
          repository: fullName(repository),
          sentence,
          key,
          severity,
        });
      },
      resolvePages: (over) => resolvePages({ ...over, repositoryId: id }),
      signal,
      later,
    };
    /** What failed is told, and another turn is asked for in which it is tried again: at the time that is answered. */
    const again = (error: unknown): Instant => {
      signal.throwIfAborted();
      const wait = backOff(OPEN_AGAIN, attempts);
      const length = isPassing(error) ? Math.max(error.after, wait) : wait;
      const at = clock();
      journal.write({
        kind: 'failed',
        at,
        repository: fullName(repository),
        sentence: failureSentence('Reading the repository', error, length),
        error,
      });
      later({ kind: 'open', attempts: attempts + 1 }, at + length);
      return at + length;
    };
    try {
      const one = await enter(repository, turn, ports, kept);
      one.sure = false;
      let after = one.kept;
      return {
        ...visitWorkspace(one.workspace, ports, (report) => parts.swept?.(id, report)),
        async lookAround() {
          try {
            if (!one.looked) await lookAround(one.workspace, ports);
            one.looked = true;
            await noteWatchedLater(one.workspace, ports);
          } catch (error) {
            again(error);
          }
        },
        changes() {
          const changed = changesOf(one.kept, one.workspace);
          after = changed.after;
          const ofCards = cards.changes(one.workspace.open);
          return [...changed.changes, ...ofCards, ...book.changes(), ...agenda.changes(id)];
        },
        settled() {
          one.kept = after;
          one.cards = cards.all();
          one.journal = book.kept();
          one.sure = true;
        },
        end,
      };
    } catch (error) {
      const when = again(error);
      const visit = visitUnreadable(ports, kept ?? (await parts.recall(id)), when);
      return {
        ...visit,
        lookAround: () => Promise.resolve(),
        changes: () => [...visit.changes(), ...agenda.changes(id)],
        settled: () => undefined,
        end,
      };
    }
  };

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
      await shut(id);
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
        return await begin(repository, turn, end);
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
      await Promise.all([...opened.keys()].map(shut));
    },
  };
}
