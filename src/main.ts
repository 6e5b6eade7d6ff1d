import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { createLogJournal } from './journal/log-journal.ts';
import { serve } from './serve.ts';
import { readSettings, SettingsError, type Settings } from './settings.ts';

/** The process: environment, wiring, serving; drains on SIGTERM and SIGINT. */
async function main(): Promise<void> {
  const settings = settingsOrExit();
  const log = pino({ level: settings.logLevel });
  const serving = await serve({
    settings,
    journal: createLogJournal(log),
    log,
    clock: Date.now,
  });
  log.info({ url: serving.url }, 'serving');
  const stop = (): void => {
    log.info('stopping');
    void serving.close().then(() => log.info('stopped'));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
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
