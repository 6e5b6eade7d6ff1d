import { RecordingError } from '../backtest/recording-error.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** Mistakes in what was recorded are the person's to mend. */
export async function withRecordings<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RecordingError) throw new CommandFailed(EXIT.unreadable, error.message);
    throw error;
  }
}
