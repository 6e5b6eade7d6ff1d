import { createAgenda, type Agenda } from './agenda.ts';
import { createJournalBook, type JournalBook, type KeptJournal } from './journal/journal-book.ts';
import type { LastgoodParts } from './lastgood-parts.ts';
import type { Card } from './notify/card.ts';
import { createCardBook, type CardBook } from './notify/card-book.ts';
import { bindConversation, bindForge, bindOwnBranch } from './rollback/bind-forge.ts';
import type { Repository } from './rollback/forge.ts';
import { fullName, type Ports } from './rollback/workspace.ts';

/** What a turn reaches the outside by, and the books in which it collects what is to be kept at its end. */
export interface TurnPorts {
  readonly ports: Ports;
  readonly agenda: Agenda;
  readonly cards: CardBook;
  readonly book: JournalBook;
}

/** Binds everything outside to one turn: when `signal` is aborted, nothing more is written there. */
export function createTurnPorts(
  parts: LastgoodParts,
  repository: Repository,
  signal: AbortSignal,
  known: { readonly told: ReadonlyMap<string, Card>; readonly waiting: KeptJournal },
): TurnPorts {
  const { clock, page = () => Promise.resolve() } = parts;
  const { resolvePages = () => Promise.resolve() } = parts;
  const { id } = repository;
  const agenda = createAgenda();
  const { later } = agenda;
  const cards = createCardBook({ journal: parts.journal, later, clock }, known.told);
  const book = createJournalBook({ journal: cards.journal, later, clock }, known.waiting);
  const ports: Ports = {
    forge: bindForge(parts.forge, signal),
    checks: parts.checks,
    notices: parts.notices,
    cards,
    conversation: bindConversation(parts.conversation, signal),
    self: parts.self,
    ownBranch: bindOwnBranch(parts.ownBranch, signal),
    examine: parts.examine,
    metrics: parts.metrics,
    watchBook: parts.watchBook,
    measure: parts.measure,
    journal: book.journal,
    book,
    clock,
    presets: parts.presets,
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
  return { ports, agenda, cards, book };
}
