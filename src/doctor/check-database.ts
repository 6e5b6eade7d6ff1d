import { ok, problem, warning, type Check } from './check.ts';
import type { Facts } from './facts.ts';

const THE_APP = 'the App';

/** Judges the database, where there was something to look at it with. */
export function checkDatabase({ database }: Facts): readonly Check[] {
  if (database === undefined) return [];
  if (!database.ok) {
    return [
      problem(
        'database',
        THE_APP,
        `The database cannot be used. ${database.why}`,
        'Check DATABASE_URL, or LASTGOOD_DATA and the disk it is on.',
      ),
    ];
  }
  const { says, dead } = database.value;
  if (dead === 0) return [ok('database', THE_APP, says)];
  const fix = '`lastgood inbox` lists what was given up, with the reason: replay it, or drop it.';
  return [warning('database', THE_APP, says, fix)];
}
