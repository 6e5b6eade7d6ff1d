import { describe, expect, it } from 'vitest';
import type { Entry } from '../journal/entry.ts';
import { type Card, type CardState, endsCalls, projectEntry } from './card.ts';

const incident = `lastgood/production/fraud/${'a'.repeat(40)}`;
const about = { at: 1, repository: 'acme/models', incident };
const alert = { name: 'Drift', severity: 'critical', labels: {} };

const decided = (act: string, reason: string, change: object = {}): Entry =>
  ({
    ...about,
    kind: 'decided',
    sentence: `${act}: ${reason}`,
    alert,
    decision: { act, reason, facts: {} },
    ...change,
  }) as unknown as Entry;
const waiting: Entry = { ...about, kind: 'waiting', number: 7, sentence: 'It waits for review.' };
const merged: Entry = { ...about, kind: 'merged', number: 7, commit: 'c', sentence: 'Merged.' };
const closed: Entry = { ...about, kind: 'closed', number: 7, sentence: 'Closed.' };

function after(...entries: readonly Entry[]): Card | undefined {
  let card: Card | undefined;
  for (const entry of entries) card = projectEntry(card, entry);
  return card;
}

describe('the card of an incident', () => {
  it.each([
    ['what is only recorded is told to nobody', [decided('record', 'too-young')], undefined],
    ['nor what is ignored', [decided('ignore', 'resolved')], undefined],
    ['people are needed', [decided('notify', 'freeze')], ['people', 'notify: freeze']],
    [
      'an alert that resolves needs nobody any more',
      [decided('notify', 'freeze'), decided('ignore', 'resolved')],
      ['resolved', 'ignore: resolved'],
    ],
    ['a rollback that waits', [waiting], ['open', 'It waits for review.']],
    [
      'a further alert does not hide what it waits for',
      [waiting, decided('record', 'rollback-in-progress')],
      ['open', 'It waits for review.'],
    ],
    ['merged', [waiting, merged], ['merged', 'Merged.']],
    ['closed', [waiting, closed], ['closed', 'Closed.']],
    [
      'after a no, the next alert says why nothing happens',
      [waiting, closed, decided('record', 'closed-by-person')],
      ['closed', 'record: closed-by-person'],
    ],
    [
      'nobody’s alert has no card',
      [decided('notify', 'unknown-model', { incident: undefined })],
      undefined,
    ],
    [
      'a branch that is no incident’s has none',
      [decided('notify', 'freeze', { incident: 'main' })],
      undefined,
    ],
  ] as const)('%s', (_, entries, expected) => {
    const card = after(...entries);
    expect(card && [card.state, card.why]).toEqual(expected);
  });

  it('does not change when the same is said again, however often', () => {
    const card = after(decided('notify', 'freeze'));
    expect(after(...Array.from({ length: 100 }, () => decided('notify', 'freeze')))).toEqual(card);
  });

  it('shows the last steps only', () => {
    const many = Array.from({ length: 50 }, (_, n): Entry => ({
      ...waiting,
      sentence: `Step ${n}.`,
    }));
    const card = after(...many);
    expect([card?.steps.length, card?.steps.at(-1)?.sentence, card?.revision]).toEqual([
      8,
      'Step 49.',
      50,
    ]);
  });

  it('can be approved no more once it is over', () => {
    const open = after(waiting);
    const card = open && projectEntry({ ...open, head: 'b' }, merged);
    expect(card).not.toHaveProperty('head');
  });
});

it.each<[CardState, Parameters<typeof endsCalls>[1], boolean]>([
  ['people', undefined, false],
  ['working', undefined, false],
  ['open', 'open', false],
  ['merged', 'merged', false],
  ['recovered', 'merged', true],
  ['superseded', 'merged', true],
  ['resolved', undefined, true],
  ['closed', 'closed-by-person', true],
  ['closed', 'closed-by-lastgood', true],
  // Whoever closed it is not known: rather one call too many than one too few.
  ['closed', undefined, false],
])('an incident that is %s (%s) needs nobody: %s', (state, past, ends) => {
  expect(endsCalls(state, past)).toBe(ends);
});
