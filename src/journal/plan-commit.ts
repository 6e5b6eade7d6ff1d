import { journalMessage } from '../texts/journal.ts';
import { chainRecord, readLines, type Link } from './chain.ts';
import { incidentFiles } from './incident-files.ts';
import { entryFile, incidentPage } from './journal-branch.ts';
import type { JournalRecord } from './record.ts';

/** One commit to the journal's branch. */
export interface JournalCommit {
  readonly headline: string;
  readonly body: string;
  /** New contents by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The end of the chain after it. */
  readonly link: Link;
}

/** The files that records are written to, each once. */
export function filesOf(records: readonly JournalRecord[]): readonly string[] {
  return [...new Set(records.map(({ incident, at }) => entryFile(incident, at)))];
}

/**
 * What is to be committed so that the journal holds the records; undefined when it does already. `texts` are the files
 * as they stand, `link` is the end of the chain. What stands there is never changed, only continued. Where somebody else
 * wrote to the branch (`trusted` false), an entry that stands there is no reason not to write it. Pure.
 */
export function planCommit(
  records: readonly JournalRecord[],
  texts: ReadonlyMap<string, string>,
  link: Link,
  trusted: boolean,
): JournalCommit | undefined {
  const known = new Set(
    trusted ? [...texts.values()].flatMap((text) => readLines(text).map(({ id }) => id)) : [],
  );
  const files = new Map<string, string>();
  const written: JournalRecord[] = [];
  let last = link;
  for (const record of records) {
    if (known.has(record.id)) continue;
    known.add(record.id);
    const file = entryFile(record.incident, record.at);
    const before = files.get(file) ?? texts.get(file) ?? '';
    const next = chainRecord(last, record);
    const apart = before === '' || before.endsWith('\n') ? '' : '\n';
    files.set(file, `${before}${apart}${next.line}\n`);
    written.push(record);
    last = next.link;
  }
  if (written.length === 0) return undefined;
  const pages = [...files].flatMap(([file, text]) => {
    const page = incidentPage(file);
    return page === undefined ? [] : Object.entries(incidentFiles(page, readLines(text)));
  });
  return {
    ...journalMessage(written, link, last),
    files: Object.fromEntries([...files, ...pages]),
    link: last,
  };
}
