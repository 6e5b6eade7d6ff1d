import { readFileSync } from 'node:fs';
import { readSettings, SettingsError, type Settings } from '../settings.ts';
import { CommandFailed, EXIT } from './exit-codes.ts';

/** The settings that `npm start` reads. What is wrong with them is a mistake of the one who calls. */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): Settings {
  try {
    return readSettings(env, (path) => readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new CommandFailed(EXIT.usage, error.message);
  }
}
