import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { inspectMirror } from '../git/inspect-mirror.ts';
import type { HistorySource } from '../releases/release.ts';
import type { Settings } from '../settings.ts';
import { describeDatabase } from '../store/inspect-database.ts';
import type { Store } from '../store/store.ts';
import { SECOND } from '../time.ts';
import { NOT_OPEN_YET } from './check-policies.ts';
import { examine } from './examine.ts';
import { known } from './reading.ts';

export interface StartParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly store: Pick<Store, 'snapshot' | 'check'>;
  /** The repository's history, where it is open. */
  readonly manifestsOf: (repository: number) => HistorySource | undefined;
  /** Resolves when the start is over. */
  readonly idle: () => Promise<void>;
  /** Whether nobody waits for the findings any more. */
  readonly stopped: () => boolean;
}

/** A start that never comes to rest, in a storm say, is looked at all the same. */
const LONGEST_START = 30 * SECOND;

/**
 * Runs the doctor once the start is over, with what the process has open, and logs each finding that is not as it
 * should be. Never throws, and keeps nothing waiting.
 */
export async function examineAtStart(parts: StartParts): Promise<void> {
  const { settings, log, store, manifestsOf, idle, stopped } = parts;
  await Promise.race([idle(), sleep(LONGEST_START, undefined, { ref: false })]);
  if (stopped()) return;
  try {
    const checks = await examine(settings, {
      async checkDatabase() {
        await store.check();
        const kind = settings.databaseUrl === undefined ? 'Embedded' : 'PostgreSQL';
        return known(describeDatabase(kind, await store.snapshot()));
      },
      async openManifests(repository) {
        const source = manifestsOf(repository.id);
        if (!source) throw new Error(NOT_OPEN_YET);
        const seen = await inspectMirror(
          join(settings.dataFolder, 'mirrors', `${repository.id}.git`),
        );
        return {
          source,
          mirror: seen ? { kind: 'kept', bytes: seen.bytes, behind: 0 } : { kind: 'absent' },
          // It goes on being used.
          close: () => Promise.resolve(),
        };
      },
    });
    if (stopped()) return;
    const wrong = checks.filter(({ level }) => level !== 'ok');
    for (const { id, level, about, found, fix } of wrong) {
      log.warn({ check: id, finding: level, about, sentence: found, fix }, 'doctor');
    }
    log.info({ checks: checks.length, found: wrong.length }, 'doctor done');
  } catch (error) {
    if (!stopped()) log.error({ err: error }, 'doctor failed');
  }
}
