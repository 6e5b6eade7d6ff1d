import { readLines } from './read-lines.ts';
import { A_MOMENT, A_VALUE, readMoment, readValue } from './read-number.ts';
import type { Column, Recorder } from './recorded.ts';
import { quoted, RecordingError } from './recording-error.ts';
import { readSeriesName } from './series-name.ts';
import { splitRow } from './split-row.ts';

const TIME_HEADINGS: ReadonlySet<string> = new Set(['time', 'timestamp']);

/**
 * Reads comma-separated values: a line of headings, `time` first and then a series each, and a line for each moment. An
 * empty cell is no sample. Throws {@link RecordingError}.
 */
export async function readCsv(file: string, shown: string, recorder: Recorder): Promise<void> {
  let columns: readonly Column[] | undefined;
  let names: readonly string[] = [];
  await readLines(file, shown, (line, number) => {
    if (line === '') return;
    const cells = splitRow(line);
    const wrong = (found: string, expected: string, suggestion?: string): RecordingError =>
      new RecordingError({
        file: shown,
        line: number,
        found,
        expected,
        ...(suggestion && { suggestion }),
      });
    if (!cells) throw wrong('a quote without an end', 'cells such as 0.5 or "a, b"');
    if (!columns) {
      names = cells;
      columns = readHeadings(cells, recorder, wrong);
      return;
    }
    if (cells.length !== names.length) {
      throw wrong(`${cells.length} cells`, `${names.length}, as in the headings`);
    }
    const at = readMoment(cells[0] ?? '');
    if (at === undefined) throw wrong(`${quoted(cells[0] ?? '')} in the column time`, A_MOMENT);
    for (let i = 1; i < cells.length; i += 1) {
      const cell = cells[i];
      if (cell === undefined || cell === '') continue;
      const value = readValue(cell);
      if (value === undefined) {
        throw wrong(`${quoted(cell)} in the column ${names[i] ?? ''}`, A_VALUE);
      }
      columns[i - 1]?.(at, value);
    }
  });
  if (!columns) {
    throw new RecordingError({ file: shown, expected: 'a line of headings such as time,errors' });
  }
}

function readHeadings(
  cells: readonly string[],
  recorder: Recorder,
  wrong: (found: string, expected: string, suggestion?: string) => RecordingError,
): readonly Column[] {
  // A spreadsheet begins its files with a mark of the encoding.
  const [first = '', ...rest] = cells.map((cell) => cell.replace(/^\uFEFF/, '').trim());
  if (!TIME_HEADINGS.has(first.toLowerCase())) {
    throw wrong(`${quoted(first)} as the first heading`, 'time', 'name the column of times time');
  }
  const seen = new Set<string>();
  return rest.map((heading) => {
    const read = readSeriesName(heading, { blanks: true });
    if (!read || read.end !== heading.length) {
      throw wrong(
        `the heading ${quoted(heading)}`,
        'a series such as errors or errors{version="v4"}',
      );
    }
    if (seen.has(heading)) throw wrong(`the heading ${quoted(heading)} twice`, 'each series once');
    seen.add(heading);
    return recorder.series(read.series.name, read.series.labels);
  });
}
