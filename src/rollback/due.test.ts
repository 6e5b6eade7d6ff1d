import { expect, test } from 'vitest';
import { readItem, timerOf } from '../inbox/work.ts';
import { nameOfDue, type Due } from './due.ts';

const BRANCH = 'lastgood/production/fraud/0123456789abcdef0123456789abcdef01234567';
const OF_PULL = { branch: BRANCH, number: 7, attempts: 3 };

const EVERY: readonly Due[] = [
  { kind: 'open', attempts: 1 },
  { kind: 'fetch', attempts: 2 },
  { kind: 'storm', attempts: 1 },
  { kind: 'storm-turned', attempts: 1 },
  { kind: 'storm-issue', attempts: 1 },
  { kind: 'reconsider', alert: '["am","x"]', telling: 'if-it-acts', attempts: 1 },
  { kind: 'advance', branch: BRANCH, attempts: 1 },
  { kind: 'status', branch: BRANCH, attempts: 1 },
  { kind: 'tidy', branch: BRANCH, attempts: 1 },
  { kind: 'say', number: 7, body: 'It is over.', what: 'Saying that it is over', attempts: 2 },
  { kind: 'repair', ...OF_PULL },
  { kind: 'report', ...OF_PULL },
  { kind: 'check', branch: BRANCH, attempts: 1 },
  { kind: 'pushed', branch: 'main', attempts: 2 },
  { kind: 'reopened', ...OF_PULL, at: 1_000 },
  { kind: 'outcome', ...OF_PULL, status: 'is merged.' },
  { kind: 'recovery', branch: BRANCH, attempts: 1 },
  { kind: 'next-rung', branch: BRANCH, attempts: 1 },
  { kind: 'recovery-status', branch: BRANCH, attempts: 1 },
  { kind: 'label', ...OF_PULL, severity: 'high' },
  { kind: 'ask-reviews', ...OF_PULL },
  { kind: 'judge', number: 7, attempts: 1 },
  { kind: 'judge-again', number: 7, attempts: 1 },
  { kind: 'judge-open', target: 'production/fraud', attempts: 1 },
  { kind: 'quarantine', attempts: 1 },
  { kind: 'time', branch: BRANCH, attempts: 1 },
  { kind: 'remind', ...OF_PULL, since: 1, body: 'Decide.', reminder: 2 },
  { kind: 'call', ...OF_PULL, since: 1, body: 'Called.', severity: 'high', sentence: 'Decide.' },
  { kind: 'review-afterwards', ...OF_PULL },
  { kind: 'review-afterwards', ...OF_PULL, branch: 'b', brokeGlass: 'ann' },
];

test.each(EVERY)('$kind reads as it was written', (due) => {
  const { payload = null } = timerOf(5, due);
  const stored = JSON.parse(JSON.stringify(payload)) as typeof payload;
  expect(readItem({ kind: 'timer', payload: stored })).toEqual({
    kind: 'timer',
    repository: 5,
    due,
  });
});

test('every kind has a name of its own', () => {
  expect(new Set(EVERY.map(nameOfDue)).size).toBe(EVERY.length);
});

test.each<[string, Due]>([
  ['alert', { kind: 'reconsider', alert: 'x'.repeat(9_000), telling: 'always', attempts: 1 }],
  ['target', { kind: 'judge-open', target: 'x'.repeat(9_000), attempts: 1 }],
  ['branch', { kind: 'advance', branch: 'x'.repeat(9_000), attempts: 1 }],
])('a name is short, however long the %s is', (_, due) => {
  expect(nameOfDue(due).length).toBeLessThan(300);
});

test.each([
  ['an unknown kind', { repository: 5, due: { kind: 'dance', attempts: 1 } }],
  ['no attempts', { repository: 5, due: { kind: 'open' } }],
  ['no repository', { due: { kind: 'open', attempts: 1 } }],
  ['nothing', null],
])('a timer of %s is not read', (_, payload) => {
  expect(readItem({ kind: 'timer', payload })).toBeUndefined();
});
