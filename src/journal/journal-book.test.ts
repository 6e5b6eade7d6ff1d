import { expect, test } from 'vitest';
import type { Decision } from '../decision/decision.ts';
import type { Due } from '../rollback/due.ts';
import { HOUR, MINUTE, SECOND } from '../time.ts';
import type { Entry } from './entry.ts';
import { createJournalBook, NOWHERE, type KeptJournal } from './journal-book.ts';

const AT = Date.UTC(2026, 10, 20, 2, 17);
const INCIDENT = `lastgood/production/fraud/${'b'.repeat(40)}`;
const about = { at: AT, repository: 'acme/ml', incident: INCIDENT } as const;
const merged: Entry = { ...about, kind: 'merged', number: 7, commit: 'c', sentence: 'Merged.' };
const ignore: Decision = { act: 'ignore', reason: 'too-young', facts: {} };

const decided = (name: string, at = AT): Entry => ({
  ...about,
  at,
  kind: 'decided',
  sentence: `Waiting for ${name}.`,
  decision: ignore,
  alert: {
    source: 'prometheus',
    format: 'generic',
    fingerprint: name,
    status: 'firing',
    name,
    model: 'fraud',
    severity: 'low',
    startsAt: AT,
    receivedAt: AT,
    labels: {},
  },
});

function open(kept: KeptJournal = { pending: [], place: NOWHERE }, now = AT) {
  const later: { due: Due; when: number }[] = [];
  const told: string[] = [];
  const book = createJournalBook(
    {
      journal: { write: ({ sentence }) => void told.push(sentence) },
      later: (due, when) => void later.push({ due, when }),
      clock: () => now,
    },
    kept,
  );
  return { book, later, told };
}

test('an entry is told, stored with the turn, and written soon', () => {
  const { book, later, told } = open();
  book.journal.write(merged);
  expect(told).toEqual(['Merged.']);
  expect(book.due(AT)).toEqual([]);
  expect(book.due(AT + 10 * SECOND)).toHaveLength(1);
  expect(book.changes().map(({ kind }) => kind)).toEqual(['put', 'put']);
  expect(later).toEqual([{ due: { kind: 'journal', attempts: 1 }, when: AT + 10 * SECOND }]);
  expect(book.place.ended).toEqual([INCIDENT]);
});

test('the same step told twice is one entry; once written, it is gone from the store', () => {
  const { book } = open();
  book.journal.write(merged);
  book.journal.write({ ...merged, at: AT + SECOND });
  const { book: next, later } = open(book.kept());
  expect(next.changes()).toEqual([]);
  expect(later).toEqual([]);
  next.written(
    next.due(AT + MINUTE).map(({ id }) => id),
    { commit: 'd', link: { seq: 1, hash: 'h' } },
  );
  expect(next.changes().map(({ kind }) => kind)).toEqual(['delete', 'put']);
  expect(next.waiting()).toBe(0);
});

test('a clock that is set back changes no order, and keeps nothing back that came before what is written', () => {
  const { book } = open();
  book.journal.write({ ...about, kind: 'closed', number: 7, sentence: 'Closed.' });
  book.journal.write({ ...merged, number: 8, at: AT - MINUTE, sentence: 'Later.' });
  const stored = [...book.kept().pending].reverse();
  const { book: next } = open({ pending: stored, place: NOWHERE });
  const due = next.due(AT - MINUTE + 10 * SECOND);
  expect(due.map(({ facts }) => facts['pull'])).toEqual([7, 8]);
});

test('what is the same again is counted, and written once an hour', () => {
  const { book } = open();
  for (let i = 0; i < 5; i += 1) book.journal.write(decided('Drift', AT + i));
  const [first] = book.due(AT + MINUTE);
  expect(first?.repeats).toEqual({ count: 5, until: AT + 4 });
  book.written([first?.id ?? ''], undefined);
  book.journal.write(decided('Drift', AT + MINUTE));
  book.journal.write(decided('Drift', AT + 2 * MINUTE));
  expect(book.due(AT + HOUR - 1)).toEqual([]);
  expect(book.due(AT + HOUR)).toMatchObject([{ repeats: { count: 2 } }]);
});

test('ten thousand different alerts are a hundred entries and a crowd', () => {
  const { book } = open();
  for (let i = 0; i < 10_000; i += 1) book.journal.write(decided(`Alert${i}`));
  const due = book.due(AT + MINUTE);
  expect(due).toHaveLength(101);
  expect(due.reduce((sum, { repeats }) => sum + (repeats?.count ?? 1), 0)).toBe(10_000);
});

test('a step that failed is none of the journal', () => {
  const { book } = open();
  book.journal.write({ ...about, kind: 'failed', sentence: 'It failed.', error: new Error('x') });
  expect(book.changes()).toEqual([]);
});

test('what could not be written waits until it is tried again, however much comes', () => {
  const { book, later } = open();
  book.journal.write(merged);
  book.postponed(3, AT + HOUR);
  book.journal.write(decided('Drift'));
  book.changes();
  expect(later).toEqual([{ due: { kind: 'journal', attempts: 4 }, when: AT + HOUR }]);
});
