import { flatten } from './escape.ts';

/** What is wrong in a recording. */
export interface RecordingMistake {
  readonly file: string;
  /** 1-based; absent when it is about the file as a whole. */
  readonly line?: number;
  /** What stands there; absent when something is missing. */
  readonly found?: string;
  readonly expected: string;
  readonly suggestion?: string;
}

/** On one line, as compilers write it: `file:line: found; expected …; suggestion`. */
export function recordingProblem({
  file,
  line,
  found,
  expected,
  suggestion,
}: RecordingMistake): string {
  const where = line === undefined ? flatten(file) : `${flatten(file)}:${line}`;
  const parts = [found && flatten(found, 120), `expected ${expected}`, suggestion];
  return `${where}: ${parts.filter((part) => part !== undefined && part !== '').join('; ')}`;
}
