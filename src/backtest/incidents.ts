import type { TargetKey } from '../target.ts';
import { DAY, type Instant, type Milliseconds } from '../time.ts';
import { readLines } from './read-lines.ts';
import { A_MOMENT, readMoment } from './read-number.ts';
import { quoted, RecordingError } from './recording-error.ts';
import { splitRow } from './split-row.ts';
import type { Timeline } from './timeline.ts';

/** A time in which a target was bad, as people say or as a rollback that really happened says. */
export interface Incident {
  readonly target: TargetKey;
  /** A rollback within `from` and `to`, both included, answers it. */
  readonly from: Instant;
  readonly to: Instant;
  /** When it began, from which the time to detect counts. */
  readonly began: Instant;
  readonly name: string;
}

/** The most incidents that are read. */
const MOST_INCIDENTS = 100_000;
const HEADINGS = ['from', 'to', 'target', 'name'] as const;
type Heading = (typeof HEADINGS)[number];

/**
 * Reads a file of labelled incidents: comma-separated values with the headings `from` and `to`, and `target` and `name`
 * if wanted. Without a target a line is about every one that is replayed. Throws {@link RecordingError}.
 */
export async function readIncidents(
  file: string,
  targets: readonly TargetKey[],
): Promise<readonly Incident[]> {
  const incidents: Incident[] = [];
  let columns: Readonly<Partial<Record<Heading, number>>> | undefined;
  await readLines(file, file, (line, number) => {
    if (line.trim() === '') return;
    const wrong = (found: string, expected: string): RecordingError =>
      new RecordingError({ file, line: number, found, expected });
    const cells = splitRow(line)?.map((cell) => cell.trim());
    if (!cells) throw wrong('a quote without an end', 'cells such as 0.5 or "a, b"');
    if (!columns) {
      columns = headingsOf(cells, wrong);
      return;
    }
    const known = columns;
    const cell = (heading: Heading): string => cells[known[heading] ?? -1] ?? '';
    const moment = (heading: 'from' | 'to'): Instant => {
      const at = readMoment(cell(heading));
      if (at === undefined)
        throw wrong(`${quoted(cell(heading))} in the column ${heading}`, A_MOMENT);
      return at;
    };
    const [from, to] = [moment('from'), moment('to')];
    if (to < from)
      throw wrong(`an end of ${quoted(cell('to'))} before its beginning`, 'from, then to');
    const target = cell('target');
    const name = cell('name') || `line ${number}`;
    for (const one of target === '' ? targets : targets.filter((key) => key === target)) {
      incidents.push({ target: one, from, to, began: from, name });
    }
    if (incidents.length > MOST_INCIDENTS) throw wrong(`more than ${MOST_INCIDENTS}`, 'fewer');
  });
  if (!columns)
    throw new RecordingError({ file, expected: 'a line of headings such as from,to,name' });
  return incidents;
}

function headingsOf(
  cells: readonly string[],
  wrong: (found: string, expected: string) => RecordingError,
): Readonly<Partial<Record<Heading, number>>> {
  const names = cells.map((cell) => cell.replace(/^\uFEFF/, '').toLowerCase());
  const unknown = names.find((name) => !HEADINGS.some((heading) => heading === name));
  if (unknown !== undefined) {
    throw wrong(`the heading ${quoted(unknown)}`, `from, to and, if wanted, target and name`);
  }
  for (const heading of ['from', 'to']) {
    if (!names.includes(heading)) throw wrong(`no heading ${heading}`, 'from,to first');
  }
  return Object.fromEntries(names.map((name, i) => [name, i]));
}

/** A release that was on for longer than this before somebody saw that it was bad was not bad all the time. */
const MOST_UNSEEN: Milliseconds = DAY;

/** The incidents that rollbacks which really happened tell of: from the bad release, or a day before it was seen. */
export function incidentsOfHistory(
  target: TargetKey,
  { ran, rollbacks }: Timeline,
): readonly Incident[] {
  return rollbacks.flatMap(({ badCommit, firstSeen, at }) => {
    const bad = ran.find(({ release }) => release.commit === badCommit);
    if (!bad) return [];
    const began = Math.max(bad.from, firstSeen ?? bad.from);
    const from = Math.max(bad.from, began - MOST_UNSEEN);
    return [{ target, from, to: at, began, name: `rolled back ${badCommit.slice(0, 12)}` }];
  });
}
