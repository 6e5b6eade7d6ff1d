/**
 * Asks metric servers outside the lanes of repositories, so that one that is slow or dead keeps no rollback waiting.
 *
 * The races: the process dies while it asks, or before the answers are stored; the lane asks again meanwhile.
 *
 * What must hold: nothing waits for an answer; answers are lost at worst, and whoever asked asks again at its pace.
 */
import type { MetricServers } from '../metrics/metric-servers.ts';
import type { Repository } from '../rollback/forge.ts';
import { measure } from './measure.ts';
import type { Answers, Questions } from './measured.ts';

export interface Measuring {
  /** Begins to ask, unless the same is being asked already. */
  ask(repository: Repository, questions: Questions): void;
  /** Whether anything is being asked. */
  busy(): boolean;
  /** Resolves when everything that is being asked now was answered. */
  idle(): Promise<void>;
  /** Asks nothing more. */
  close(): Promise<void>;
}

export interface MeasuringParts {
  readonly metrics: MetricServers;
  /** Stores what came of it, for the lane of the repository. */
  readonly answered: (repository: number, answers: Answers) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export function createMeasuring({ metrics, answered, failed }: MeasuringParts): Measuring {
  const asked = new Map<string, Promise<void>>();
  const over = new AbortController();

  const ask = async (repository: Repository, questions: Questions): Promise<void> => {
    const { id, owner, name } = repository;
    try {
      const answers = await measure(metrics, `${owner}/${name}`, questions, over.signal);
      if (!over.signal.aborted) await answered(id, answers);
    } catch (error) {
      if (!over.signal.aborted) failed(error);
    }
  };

  return {
    ask(repository, questions) {
      const key = `${repository.id} ${questions.branch}`;
      if (over.signal.aborted || asked.has(key)) return;
      asked.set(
        key,
        ask(repository, questions).finally(() => asked.delete(key)),
      );
    },
    busy: () => asked.size > 0,
    async idle() {
      await Promise.all(asked.values());
    },
    async close() {
      over.abort();
      await Promise.all(asked.values());
    },
  };
}
