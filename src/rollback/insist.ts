import { failureSentence } from '../texts/failure.ts';
import { SECOND, type Milliseconds } from '../time.ts';
import type { Due } from './due.ts';
import type { PassingFailure } from './forge.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/** What is done. */
export interface Doing {
  /** What leads to another try. */
  readonly due: Due;
  /** Begins a sentence: "Opening a rollback of production/fraud". */
  readonly what: string;
}

/**
 * Does something that must not be lost: a failure is told, and one that may pass is followed by another try. The work
 * has to bear being done twice. Throws only when the turn is over, so that what comes after it is done as well.
 */
export async function insist(
  workspace: Pick<Workspace, 'repository'>,
  ports: Ports,
  { due, what }: Doing,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // Whoever has the lane now does this again.
    ports.signal.throwIfAborted();
    const again = isPassing(error)
      ? Math.max(error.after, backOff(SECOND, due.attempts))
      : undefined;
    const at = ports.clock();
    ports.journal.write({
      kind: 'failed',
      at,
      repository: fullName(workspace.repository),
      sentence: failureSentence(what, error, again),
      error,
    });
    if (again === undefined) return;
    ports.later({ ...due, attempts: due.attempts + 1 }, at + again);
  }
}

/** Whether a failure may pass by itself. */
export function isPassing(error: unknown): error is PassingFailure {
  return error instanceof Error && 'after' in error && typeof error.after === 'number';
}

/** Doubles from `first` with each attempt, up to five minutes. */
export function backOff(first: Milliseconds, attempts: number): Milliseconds {
  return Math.min(first * 2 ** Math.min(attempts - 1, 16), 300 * SECOND);
}
