import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { RecordingError } from './recording-error.ts';

/** A longer line is no line of a recording. */
export const LONGEST_LINE = 1_048_576;

/**
 * Reads a file line by line, whatever its size, and calls `take` for each with its number, from 1. Line ends may be
 * those of Windows, and the last line may have none. Throws {@link RecordingError} for a line that is too long.
 */
export async function readLines(
  file: string,
  shown: string,
  take: (line: string, number: number) => void,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let number = 0;
  const give = (line: string): void => {
    number += 1;
    take(line.endsWith('\r') ? line.slice(0, -1) : line, number);
  };
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    const text = rest + decoder.write(chunk as Buffer);
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      give(text.slice(start, end));
      start = end + 1;
    }
    rest = text.slice(start);
    if (rest.length > LONGEST_LINE) {
      throw new RecordingError({
        file: shown,
        line: number + 1,
        found: `a line of more than ${LONGEST_LINE} characters`,
        expected: 'lines',
      });
    }
  }
  rest += decoder.end();
  if (rest !== '') give(rest);
}
