import { isPassing } from '../rollback/insist.ts';
import { inProse } from '../texts/escape.ts';
import { failureSentence } from '../texts/failure.ts';
import type { Answer, Asking } from './asking.ts';

/** What is answered where carrying out a command failed for good. What may pass is thrown, and tried again. */
export function answerFailure({ ports }: Pick<Asking, 'ports'>, error: unknown): Answer {
  ports.signal.throwIfAborted();
  if (isPassing(error)) throw error;
  return { outcome: 'refused', text: inProse(failureSentence('It', error), 600) };
}
