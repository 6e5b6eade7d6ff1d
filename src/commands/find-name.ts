import type { CommandName } from './command.ts';

/** Every command, in the order people read about them. */
export const COMMAND_NAMES = [
  'status',
  'history',
  'plan',
  'rollback',
  'approve',
  'reject',
  'hold',
  'unhold',
  'freeze',
  'unfreeze',
  'baseline',
  'quarantine',
  'reland',
  'retrain',
  'retry',
  'drill',
  'help',
] as const satisfies readonly CommandName[];

/** The command of that name, upper and lower case alike, with or without its slash. */
export function findName(text: string): CommandName | undefined {
  const wanted = text.toLowerCase().replace(/^\//, '');
  return COMMAND_NAMES.find((name) => name === wanted);
}
