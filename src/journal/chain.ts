import { createHash } from 'node:crypto';
import type { JournalRecord } from './record.ts';

/**
 * The journal's chain: entries are numbered from 1 without a gap, over all files, and each names the SHA-256 of the
 * line before it. So an entry that is taken out, put in, moved or changed breaks it, for whoever reads all files.
 */
export interface Link {
  /** The number of the newest entry; 0 before the first. */
  readonly seq: number;
  /** The SHA-256 of its line, without the line's end. */
  readonly hash: string;
}

/** What the first entry names as the one before it. */
export const GENESIS: Link = { seq: 0, hash: '0'.repeat(64) };

/** A line of a journal file, as JSON. */
export interface JournalLine {
  readonly seq: number;
  readonly previous: string;
  readonly id: string;
  /** ISO 8601, in UTC. */
  readonly at: string;
  readonly kind: string;
  readonly incident?: string;
  readonly sentence: string;
  readonly facts: JournalRecord['facts'];
  readonly repeats?: {
    readonly count: number;
    readonly until: string;
    readonly alerts?: readonly JournalRecord['facts'][];
  };
}

/** The record as the next line of the chain, without the line's end, and the chain's end after it. */
export function chainRecord(
  { seq, hash }: Link,
  record: JournalRecord,
): { readonly line: string; readonly link: Link } {
  const { id, at, kind, incident, sentence, facts, repeats } = record;
  const content: JournalLine = {
    seq: seq + 1,
    previous: hash,
    id,
    at: new Date(at).toISOString(),
    kind,
    ...(incident !== undefined && { incident }),
    sentence,
    facts,
    ...(repeats && {
      repeats: { ...repeats, until: new Date(repeats.until).toISOString() },
    }),
  };
  const line = JSON.stringify(content);
  const digest = createHash('sha256').update(line).digest('hex');
  return { line, link: { seq: seq + 1, hash: digest } };
}

/** The entries of a journal file. A line that is none is left out: somebody else wrote it. Never throws. */
export function readLines(text: string): readonly JournalLine[] {
  return text.split('\n').flatMap((line) => readLine(line) ?? []);
}

function readLine(text: string): JournalLine | undefined {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is JournalLine {
  if (typeof value !== 'object' || value === null) return false;
  const has = (key: string, type: string): boolean =>
    key in value && typeof value[key as keyof typeof value] === type;
  return (
    has('seq', 'number') &&
    ['previous', 'id', 'at', 'kind', 'sentence'].every((key) => has(key, 'string')) &&
    has('facts', 'object')
  );
}
