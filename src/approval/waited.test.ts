import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../time.ts';
import { MOST_REMINDERS, timeLeft, type TimeLeft } from './waited.ts';

const since = Date.parse('2026-11-20T02:17:00Z');
const often = { remind: 2 * MINUTE, timeout: 5 * MINUTE };
const after = (policy: { remind?: number; timeout: number }, passed: number): TimeLeft =>
  timeLeft({ since }, policy, since + passed);
const at = (passed: number): number => since + passed;

test.each<[string, TimeLeft, Partial<TimeLeft>]>([
  ['at first', after(often, 0), { reminder: 0, timeUp: false, next: at(2 * MINUTE) }],
  ['just before a reminder', after(often, 2 * MINUTE - 1), { reminder: 0, next: at(2 * MINUTE) }],
  ['at a reminder', after(often, 2 * MINUTE), { reminder: 1, next: at(4 * MINUTE) }],
  ['the time comes before the third', after(often, 4 * MINUTE), { next: at(5 * MINUTE) }],
  ['the time is up', after(often, 5 * MINUTE), { timeUp: true, reminder: 2, next: at(6 * MINUTE) }],
  ['a long sleep leaves out what was missed', after(often, 9 * MINUTE), { reminder: 4 }],
  ['the last reminder', after(often, 10 * MINUTE), { reminder: MOST_REMINDERS }],
  ['never more', after(often, 99 * MINUTE), { reminder: MOST_REMINDERS, timeUp: true }],
  ['without reminders', after({ timeout: MINUTE }, 30 * SECOND), { reminder: 0, next: at(MINUTE) }],
  [
    'reminders of no length are none',
    after({ remind: 0, timeout: MINUTE }, MINUTE),
    { reminder: 0 },
  ],
  ['a clock that goes back', after(often, -MINUTE), { reminder: 0, timeUp: false }],
])('%s', (_, left, expected) => {
  expect(left).toMatchObject(expected);
});

test('after all of it nothing more happens by itself', () => {
  expect(after(often, 99 * MINUTE)).not.toHaveProperty('next');
});
