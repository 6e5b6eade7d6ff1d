import type { Card } from './notify/card.ts';
import { changesOf } from './kept-state.ts';
import type { LastgoodParts } from './lastgood-parts.ts';
import { NOTHING_KEPT, type OpenedRepositories } from './opened-repositories.ts';
import type { Repository } from './rollback/forge.ts';
import { backOff, isPassing } from './rollback/insist.ts';
import { fullName } from './rollback/workspace.ts';
import { failureSentence } from './texts/failure.ts';
import { SECOND, type Instant } from './time.ts';
import { createTurnPorts } from './turn-ports.ts';
import { visitUnreadable } from './visit-unreadable.ts';
import { lookAround, visitWorkspace } from './visit-workspace.ts';
import { noteWatchedLater } from './watch/note-watched.ts';
import type { LaneTurn, Visit } from './visit.ts';

/** The first wait before another try to open a repository. */
const OPEN_AGAIN = 5 * SECOND;

/**
 * Begins a turn of a repository's lane: opens the repository where it is not, and reads anew what another process may
 * have changed. One that cannot be read is visited as well, and opened again later. `end` is called by whoever asks.
 */
export async function beginVisit(
  parts: LastgoodParts,
  opened: OpenedRepositories,
  repository: Repository,
  turn: LaneTurn,
  end: () => void,
): Promise<Visit> {
  const { clock } = parts;
  const { id } = repository;
  const { signal, attempts = 1 } = turn;
  const kept = opened.holds(repository, turn) ? undefined : await parts.recall(id);
  const told = kept?.cards ?? opened.get(id)?.cards ?? new Map<string, Card>();
  const waiting = kept?.journal ?? opened.get(id)?.journal ?? NOTHING_KEPT;
  const { ports, agenda, cards, book } = createTurnPorts(parts, repository, signal, {
    told,
    waiting,
  });
  const { journal, later } = ports;
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
    const one = await opened.enter(repository, turn, ports, kept);
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
}
