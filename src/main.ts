import { readFileSync } from 'node:fs';
import { examineAtStart } from './doctor/examine-at-start.ts';
import { createLogJournal } from './journal/log-journal.ts';
import { createLog } from './log.ts';
import { secretsOf } from './secrets-of.ts';
import { serve, type Serving } from './serve.ts';
import { readSettings, SettingsError, type Settings } from './settings.ts';
import { StoreError } from './store/errors.ts';
import { StartError } from './start-error.ts';

/** Every five minutes. */
const SWEEP = '*/5 * * * *';

/** The process: environment, wiring, serving. Drains on SIGTERM and SIGINT; a second one ends it at once. */
async function main(): Promise<void> {
  const settings = settingsOrExit();
  const log = createLog({ level: settings.logLevel, secrets: secretsOf(settings) });
  // A state that nobody thought of is not worked on in: everything that matters is found again after a restart.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, event);
      process.exit(1);
    });
  }
  let started: Serving | undefined;
  let asked = 0;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    asked += 1;
    if (asked > 1) {
      log.warn({ signal }, 'ended before everything was finished');
      process.exit(1);
    }
    log.info({ signal }, 'stopping');
    // Before the start is over nothing was taken, and GitHub may keep it waiting for minutes.
    await started?.close();
    log.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal)).on('SIGINT', (signal) => void stop(signal));
  try {
    started = await serve({
      settings,
      journal: createLogJournal(log),
      log,
      clock: Date.now,
      sweepEvery: SWEEP,
    });
    const { url, paths, store, lastgood, ...one } = started;
    log.info({ url, paths }, 'serving');
    const stopped = (): boolean => asked > 0;
    await examineAtStart({
      settings,
      log,
      store,
      manifestsOf: (id) => lastgood.manifestsOf(id),
      idle: () => one.idle(),
      stopped,
    });
  } catch (error) {
    if (!(error instanceof StartError || error instanceof StoreError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env, (path) => readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

await main();
