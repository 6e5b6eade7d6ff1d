import type { Check } from '../doctor/check.ts';
import { examine } from '../doctor/examine.ts';
import { listOf } from '../texts/names.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { settingsFrom } from './settings-from.ts';
import { formatTable } from './table.ts';
import { toJson, type Terminal } from './terminal.ts';

export interface DoctorOptions {
  readonly json?: boolean;
}

/**
 * Checks everything that Lastgood needs to work, with the settings that `npm start` reads, and says what to mend.
 * Changes nothing, and may run beside the service.
 */
export async function doctor(
  options: DoctorOptions,
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ExitCode> {
  const checks = await examine(settingsFrom(env));
  const exit = exitOf(checks);
  if (options.json === true) {
    terminal.out(toJson({ exit, checks }));
    return exit;
  }
  terminal.out(describeChecks(checks));
  terminal.out(`\n${summaryOf(checks)}`);
  return exit;
}

function exitOf(checks: readonly Check[]): ExitCode {
  const problems = checks.filter(({ level }) => level === 'problem');
  if (problems.some(({ id }) => id === 'github')) return EXIT.unreadable;
  return problems.length > 0 ? EXIT.no : EXIT.ok;
}

/** The findings as a table, one line each. */
export function describeChecks(checks: readonly Check[]): string {
  return formatTable(
    [
      { heading: '', longest: 10 },
      { heading: 'CHECK', longest: 30 },
      { heading: 'WHERE', longest: 60 },
      { heading: 'FOUND, AND WHAT TO DO', longest: 1200 },
    ],
    checks.map(({ id, level, about, found, fix }) => [
      level,
      id,
      about,
      fix === undefined ? found : `${found} → ${fix}`,
    ]),
  );
}

function summaryOf(checks: readonly Check[]): string {
  const many = (level: Check['level'], thing: string): readonly string[] => {
    const number = checks.filter((one) => one.level === level).length;
    if (number === 0) return [];
    return [`${number} ${thing}${number === 1 ? '' : 's'}`];
  };
  const found = [...many('problem', 'problem'), ...many('warning', 'warning')];
  const all = `${checks.length} checks`;
  return found.length === 0 ? `${all}, and all is well.` : `${all}: ${listOf(found)}.`;
}
