import type { Link } from '../journal/chain.ts';
import { encodeValue } from '../journal/trailer-value.ts';
import type { JournalRecord } from '../journal/record.ts';
import { inCommit } from './escape.ts';
import { shortCommit } from './names.ts';

/** So many sentences stand in a commit's message; the rest is counted, and stands in the files. */
const MOST_SENTENCES = 20;

/** The message of a commit to the journal: what happened for people, and where the chain goes on in trailers. */
export function journalMessage(
  records: readonly JournalRecord[],
  before: Link,
  after: Link,
): { readonly headline: string; readonly body: string } {
  const [first] = records;
  const sentences = records
    .slice(0, MOST_SENTENCES)
    .map(({ sentence, repeats }) => `- ${inCommit(sentence, 400)}${times(repeats)}`);
  const rest = records.length - sentences.length;
  const lines = [...sentences, ...(rest > 0 ? [`- And ${rest} more.`] : [])];
  const incidents = [...new Set(records.flatMap(({ incident }) => incident ?? []))];
  const trailers = [
    `Lastgood-Journal: ${before.seq + 1}-${after.seq}`,
    `Lastgood-Previous: ${before.hash}`,
    `Lastgood-Last: ${after.hash}`,
    ...[...new Set(records.map(({ kind }) => kind))].map((kind) => `Lastgood-Kind: ${kind}`),
    ...incidents.map((incident) => `Lastgood-Incident: ${encodeValue(incident)}`),
  ];
  const headline =
    records.length === 1
      ? inCommit(first?.sentence ?? '', 100)
      : `Record ${records.length} entries`;
  return { headline, body: `${lines.join('\n')}\n\n${trailers.join('\n')}` };
}

/** How often something was said, where that was more than once. */
export function times(repeats: JournalRecord['repeats'] | undefined): string {
  return repeats && repeats.count > 1 ? ` (${repeats.count} times)` : '';
}

/** What people are told of somebody who wrote to the journal. */
export function tamperedSentence(who: string | undefined, commit: string | undefined): string {
  const by = who === undefined ? 'Somebody else than Lastgood' : `${inCommit(who)}, not Lastgood,`;
  const what =
    commit === undefined
      ? 'moved or deleted the branch lastgood/journal'
      : `wrote ${shortCommit(commit)} to the branch lastgood/journal`;
  return `${by} ${what}. Lastgood goes on with its own chain; \`lastgood audit --verify\` tells what differs. Let only the App write to lastgood/**.`;
}

/** What is told while the journal cannot be written. */
export function journalForbidden(waiting: number, message: string): string {
  const entries =
    waiting === 1 ? '1 entry of the journal waits' : `${waiting} entries of the journal wait`;
  return `${entries} to be written to the branch lastgood/journal, and GitHub refuses it: ${inCommit(message, 300)} Let the App write to lastgood/**.`;
}

/** What is written down of the end of a rollback that nobody wrote down when it came. */
export function journalGap(number: number, end: 'merged' | 'closed'): string {
  return `Pull request #${number} was ${end}. That was read back from git and GitHub, because the journal did not have it.`;
}
