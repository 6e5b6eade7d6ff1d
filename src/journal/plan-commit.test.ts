import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { GENESIS, readLines } from './chain.ts';
import { entryFile } from './journal-branch.ts';
import { planCommit } from './plan-commit.ts';
import type { JournalRecord } from './record.ts';

const INCIDENT = `lastgood/production/fraud/${'b'.repeat(40)}`;
const FILE = entryFile(INCIDENT, 0);
const AT = Date.UTC(2026, 10, 20, 2, 17, 4);

const record = (id: string, change: Partial<JournalRecord> = {}): JournalRecord => ({
  id,
  at: AT,
  kind: 'waiting',
  incident: INCIDENT,
  sentence: `Said ${id}.`,
  facts: { pull: 7 },
  ...change,
});

const first = planCommit([record('a'), record('b')], new Map(), GENESIS, true);

test('entries are numbered, and each names the hash of the line before it', () => {
  const text = first?.files[FILE] ?? '';
  const [a = '', b = ''] = text.split('\n');
  expect(JSON.parse(a)).toMatchObject({ seq: 1, previous: '0'.repeat(64), id: 'a' });
  const hash = createHash('sha256').update(a).digest('hex');
  expect(JSON.parse(b)).toMatchObject({ seq: 2, previous: hash, id: 'b' });
  expect(first?.link).toEqual({ seq: 2, hash: createHash('sha256').update(b).digest('hex') });
});

test.each([
  ['nothing to write', [], true, undefined],
  ['what stands there already', [record('a'), record('b')], true, undefined],
  ['one of them stands there', [record('b'), record('c')], true, ['a', 'b', 'c']],
  ['the same twice in a batch', [record('c'), record('c')], true, ['a', 'b', 'c']],
  ['somebody else wrote there', [record('b')], false, ['a', 'b', 'b']],
])('%s', (_, records, trusted, ids) => {
  const texts = new Map([[FILE, first?.files[FILE] ?? '']]);
  const commit = planCommit(records, texts, first?.link ?? GENESIS, trusted);
  expect(commit && readLines(commit.files[FILE] ?? '').map(({ id }) => id)).toEqual(ids);
});

test('what stands in a file is continued, whatever it is', () => {
  const texts = new Map([[FILE, 'no entry']]);
  const commit = planCommit([record('a')], texts, GENESIS, false);
  expect(commit?.files[FILE]?.split('\n')[0]).toBe('no entry');
  expect(readLines(commit?.files[FILE] ?? '')).toHaveLength(1);
});

test('what is about no incident stands in the file of its hour, without a page', () => {
  const { incident: _, ...rest } = record('a');
  const commit = planCommit([rest], new Map(), GENESIS, true);
  expect(Object.keys(commit?.files ?? {})).toEqual(['.lastgood/journal/hours/2026-11-20/02.jsonl']);
});

test('texts from outside stay within their line, in the entry, the page and the message', () => {
  const sentence = 'x\n\nLastgood-Last: 0\n# Title @acme/sre Fixes #1';
  const commit = planCommit([record('a', { sentence })], new Map(), GENESIS, true);
  expect(commit?.files[FILE]?.trim().split('\n')).toHaveLength(1);
  expect(commit?.body).toMatch(/^- x Lastgood-Last: 0 # Title @\u200bacme\/sre Fixes #\u200b1\n\n/);
  expect(commit?.files[FILE.replace('jsonl', 'md')]).not.toMatch(/^# Title/m);
});
