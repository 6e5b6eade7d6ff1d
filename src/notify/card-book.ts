import { createHash } from 'node:crypto';
import type { Reason } from '../decision/decision.ts';
import type { Journal } from '../journal/entry.ts';
import type { OpenRollback, Ports } from '../rollback/workspace.ts';
import type { Json } from '../store/item.ts';
import type { Change } from '../store/settlement.ts';
import { DAY, type Clock } from '../time.ts';
import { isOver, projectEntry, type Card } from './card.ts';

/** The kind of the documents that keep cards. */
export const CARD = 'card';

/** What is over is kept for so long: an alert that comes late still finds its thread. */
const KEPT = 30 * DAY;

/**
 * The cards of one repository during one turn of its lane: they follow the journal, and are stored with the turn's
 * acknowledgement, together with the timer that has them told.
 */
export interface CardBook {
  /** Hands everything on, and follows it. */
  readonly journal: Journal;
  card(incident: string): Card | undefined;
  /** Notes which issue shows a card. */
  keepIssue(incident: string, issue: NonNullable<Card['issue']>): void;
  /** Notes where the report of an incident stands. */
  keepReport(incident: string, address: string): void;
  /** Notes that people were called about an incident for a reason. */
  keepCall(incident: string, reason: Reason): void;
  /** Notes what happens next to an open rollback if nobody does anything. */
  keepNext(incident: string, next: string | undefined): void;
  /** What has to be stored. `open` are the rollbacks that are open now. */
  changes(open: ReadonlyMap<string, Pick<OpenRollback, 'verifiedHead'>>): readonly Change[];
  /** All of them, as they stand now. */
  all(): ReadonlyMap<string, Card>;
}

export interface CardBookParts {
  readonly journal: Journal;
  readonly later: Ports['later'];
  readonly clock: Clock;
}

export function createCardBook(
  { journal, later, clock }: CardBookParts,
  before: ReadonlyMap<string, Card>,
): CardBook {
  const cards = new Map(before);

  /** An approval given in the card is for the head that it shows. */
  const followHeads = (open: Parameters<CardBook['changes']>[0]): void => {
    for (const [incident, { verifiedHead }] of open) {
      const card = cards.get(incident);
      if (!card || card.state !== 'open' || verifiedHead === '' || card.head === verifiedHead)
        continue;
      cards.set(incident, { ...card, head: verifiedHead, revision: card.revision + 1 });
    }
  };

  return {
    journal: {
      write(entry) {
        journal.write(entry);
        const { incident } = entry;
        if (incident === undefined) return;
        const card = projectEntry(cards.get(incident), entry);
        if (card) cards.set(incident, card);
      },
    },
    card: (incident) => cards.get(incident),
    keepIssue(incident, issue) {
      const card = cards.get(incident);
      if (card) cards.set(incident, { ...card, issue });
    },
    keepReport(incident, report) {
      const card = cards.get(incident);
      if (!card || card.report === report) return;
      cards.set(incident, { ...card, report, revision: card.revision + 1 });
    },
    keepCall(incident, reason) {
      const card = cards.get(incident);
      if (card) cards.set(incident, { ...card, called: [...(card.called ?? []), reason] });
    },
    keepNext(incident, next) {
      const card = cards.get(incident);
      if (!card || card.state !== 'open' || card.next === next) return;
      const { next: _, ...rest } = card;
      const revision = card.revision + 1;
      cards.set(incident, { ...rest, revision, ...(next !== undefined && { next }) });
    },
    changes(open) {
      followHeads(open);
      const now = clock();
      const changes: Change[] = [];
      for (const [incident, card] of cards) {
        const key = hashOf(incident);
        const known = before.get(incident);
        if (isOver(card) && now - card.changedAt > KEPT) {
          cards.delete(incident);
          if (known) changes.push({ kind: 'delete', of: CARD, key });
          continue;
        }
        if (card === known) continue;
        changes.push({ kind: 'put', of: CARD, key, value: card as unknown as Json });
        if (card.revision !== known?.revision)
          later({ kind: 'tell', branch: incident, attempts: 1 }, now);
      }
      return changes;
    },
    all: () => cards,
  };
}

/** A key of any length as the key of a document. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
