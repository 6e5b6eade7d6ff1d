import { failureSentence } from '../texts/failure.ts';
import { SECOND, type Milliseconds } from '../time.ts';
import type { PassingFailure } from './forge.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

type Work = (workspace: Workspace) => Promise<unknown>;

/** What is done, and its name among what is set for later: the same name replaces. */
export interface Doing {
  readonly name: string;
  /** Begins a sentence: "Opening a rollback of production/fraud". */
  readonly what: string;
}

/**
 * Does something that must not be lost: a failure is told, and one that may pass is followed by another try. The work
 * has to bear being done twice. Never throws, so that what comes after it is done as well.
 */
export async function insist(
  workspace: Workspace,
  ports: Ports,
  doing: Doing,
  work: Work,
  attempts = 1,
): Promise<void> {
  try {
    await work(workspace);
  } catch (error) {
    const again = isPassing(error) ? Math.max(error.after, backOff(SECOND, attempts)) : undefined;
    const { repository } = workspace;
    const at = ports.clock();
    ports.journal.write({
      kind: 'failed',
      at,
      repository: fullName(repository),
      sentence: failureSentence(doing.what, error, again),
      error,
    });
    if (again === undefined) return;
    ports.later(repository, doing.name, at + again, (current) =>
      insist(current, ports, doing, work, attempts + 1),
    );
  }
}

/** Whether a failure may be gone by itself after a while. */
export function isPassing(error: unknown): error is PassingFailure {
  return error instanceof Error && 'after' in error && typeof error.after === 'number';
}

/** Doubles from `first` with each attempt, up to five minutes. */
export function backOff(first: Milliseconds, attempts: number): Milliseconds {
  return Math.min(first * 2 ** Math.min(attempts - 1, 16), 300 * SECOND);
}
