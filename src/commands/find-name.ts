import type { CommandName } from './command.ts';

/** The command of that name among all of them, upper and lower case alike, with or without its slash. */
export function findName(names: readonly CommandName[], text: string): CommandName | undefined {
  const wanted = text.toLowerCase().replace(/^\//, '');
  return names.find((name) => name === wanted);
}
