import { recordingProblem, type RecordingMistake } from '../texts/recording.ts';

/** A mistake in a recording, for the person who made it: its message names file, line, value and what was expected. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';

  constructor(mistake: RecordingMistake) {
    super(recordingProblem(mistake));
  }
}

/** A text from a file in quotes, as it is shown in a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
