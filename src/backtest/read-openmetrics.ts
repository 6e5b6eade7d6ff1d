import { readLines } from './read-lines.ts';
import { A_VALUE, momentOf, readValue } from './read-number.ts';
import type { Column, Recorder } from './recorded.ts';
import { quoted, RecordingError } from './recording-error.ts';
import { readSeriesName } from './series-name.ts';

const A_LINE = 'a line such as errors{version="v4"} 0.5 1763604000';

/**
 * Reads OpenMetrics text with a timestamp on each line, as `promtool tsdb dump-openmetrics` writes it: seconds, or
 * milliseconds as in Prometheus' older format. What follows a sample (an exemplar) and comments are passed over.
 * Throws {@link RecordingError}.
 */
export async function readOpenMetrics(
  file: string,
  shown: string,
  recorder: Recorder,
): Promise<void> {
  // A dump has one series for thousands of lines.
  let known: { readonly written: string; readonly column: Column } | undefined;
  await readLines(file, shown, (line, number) => {
    if (line === '' || line.startsWith('#')) return;
    const wrong = (found: string, expected: string): RecordingError =>
      new RecordingError({ file: shown, line: number, found, expected });
    let end = known && line.startsWith(`${known.written} `) ? known.written.length : undefined;
    if (end === undefined || !known) {
      const read = readSeriesName(line, { blanks: false });
      if (!read) throw wrong(quoted(line), A_LINE);
      end = read.end;
      const { name, labels } = read.series;
      known = { written: line.slice(0, end), column: recorder.series(name, labels) };
    }
    const [valueText = '', timeText] = line.slice(end).trim().split(/\s+/, 2);
    const value = readValue(valueText);
    if (value === undefined) throw wrong(quoted(valueText), A_VALUE);
    if (timeText === undefined || timeText === '#') {
      throw wrong('a sample without its time', A_LINE);
    }
    const at = momentOf(Number(timeText));
    if (at === undefined) throw wrong(`the time ${quoted(timeText)}`, 'seconds since 1970');
    known.column(at, value);
  });
}
