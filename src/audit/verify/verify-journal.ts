import { createHash } from 'node:crypto';
import type { Oid } from '../../releases/release.ts';
import type { Violation } from './violation.ts';

/** A commit of the journal's branch, newest first in a list. */
export interface SeenCommit {
  readonly commit: Oid;
  readonly parents: readonly Oid[];
  readonly author: string;
  readonly committer: string;
  readonly message: string;
}

/** An entry as the auditor reads it: the line's bytes, and what it says of itself. */
export interface SeenEntry {
  readonly file: string;
  readonly line: string;
  readonly seq: number;
  readonly previous: string;
  readonly kind: string;
  readonly incident: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What the journal's branch comes to: its entries by number, who its App is, and what is wrong with it. */
export interface SeenJournal {
  /** Its commits, newest first. */
  readonly commits: readonly SeenCommit[];
  readonly entries: readonly SeenEntry[];
  /** The mail address that the App commits with, as its first commit says. */
  readonly app: string | undefined;
  readonly violations: readonly Violation[];
}

/** GitHub commits with this address whatever an App commits through its API. */
export const GITHUB_ADDRESS = 'noreply@github.com';

/** No more of one kind are listed: a chain that is broken once is broken everywhere after. */
const MOST = 20;

/**
 * Checks that the journal is one unbroken chain of the App's own. `commits` are those of the branch that are not the
 * default branch's, newest first; `files` are its files of entries as they stand. Pure.
 */
export function verifyJournal(
  commits: readonly SeenCommit[],
  files: ReadonlyMap<string, string>,
): SeenJournal {
  const violations: Violation[] = [];
  const root = commits.findLast(({ message }) => /^Lastgood-Journal: 1-/m.test(message));
  const app = root?.author;
  if (commits.length > 0 && !root) {
    violations.push({
      kind: 'journal-rewritten',
      sentence: 'The branch has no first entry any more: its beginning was cut off.',
    });
  }
  const entries = [...files].flatMap(([file, text]) => readEntries(file, text, violations));
  entries.sort((a, b) => a.seq - b.seq);
  violations.push(...checkChain(entries), ...checkCommits(commits, entries, app));
  for (const { kind, facts } of entries) {
    if (kind === 'tampered' && facts['commit'] === undefined) {
      violations.push({
        kind: 'journal-rewritten',
        sentence: 'Lastgood itself found that the branch had been moved or deleted.',
      });
    }
  }
  return { commits, entries, app, violations };
}

function readEntries(file: string, text: string, violations: Violation[]): readonly SeenEntry[] {
  return text.split('\n').flatMap((line, i) => {
    if (line === '') return [];
    const entry = readEntry(file, line);
    if (entry) return [entry];
    violations.push({
      kind: 'journal-broken',
      sentence: `${file} has no entry in line ${i + 1}.`,
    });
    return [];
  });
}

function readEntry(file: string, line: string): SeenEntry | undefined {
  try {
    const value = JSON.parse(line) as Partial<Record<string, unknown>> | null;
    if (typeof value !== 'object' || value === null) return undefined;
    const { seq, previous, kind, incident, facts } = value;
    if (typeof seq !== 'number' || typeof previous !== 'string' || typeof kind !== 'string') {
      return undefined;
    }
    return {
      file,
      line,
      seq,
      previous,
      kind,
      incident: typeof incident === 'string' ? incident : undefined,
      facts: typeof facts === 'object' && facts !== null ? { ...facts } : {},
    };
  } catch {
    return undefined;
  }
}

function checkChain(entries: readonly SeenEntry[]): readonly Violation[] {
  const found: Violation[] = [];
  let before = { seq: 0, hash: '0'.repeat(64) };
  for (const { file, line, seq, previous } of entries) {
    if (found.length >= MOST) break;
    const broken = (what: string): void =>
      void found.push({ kind: 'journal-broken', sentence: `Entry ${seq} in ${file} ${what}.` });
    if (seq === before.seq) broken('has the number of another one');
    else if (seq > before.seq + 1)
      broken(`follows on entry ${before.seq}: what was between is gone`);
    else if (previous !== before.hash)
      broken('does not follow on the one before it, as that stands now');
    before = { seq, hash: sha256(line) };
  }
  return found;
}

/** Each commit has to be the App's, made through GitHub, and name the entries as they stand. */
function checkCommits(
  commits: readonly SeenCommit[],
  entries: readonly SeenEntry[],
  app: string | undefined,
): readonly Violation[] {
  const found: Violation[] = [];
  const lines = new Map(entries.map(({ seq, line }) => [seq, line]));
  for (const { commit, author, committer, message, parents } of commits) {
    const range = /^Lastgood-Journal: (\d+)-(\d+)$/m.exec(message);
    if (!range || author !== app || committer !== GITHUB_ADDRESS || parents.length !== 1) {
      const sentence = `${commit.slice(0, 12)} on the journal's branch is ${author}'s, not the App's.`;
      found.push({ kind: 'journal-foreign', commit, sentence });
      continue;
    }
    const last = /^Lastgood-Last: ([0-9a-f]{64})$/m.exec(message)?.[1];
    const line = lines.get(Number(range[2]));
    if (line === undefined || sha256(line) !== last) {
      const sentence = `Entry ${range[2]} is not what ${commit.slice(0, 12)} wrote.`;
      found.push({ kind: 'journal-rewritten', commit, sentence });
    }
  }
  return found.slice(0, 5 * MOST);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
