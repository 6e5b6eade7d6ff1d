import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../../fixtures/git/run.ts';

/** Applies what the command printed, all of it, as a person would by a pipe; answers the files afterwards. */
export async function applyPatch(
  folder: string,
  printed: string,
  files: readonly string[],
): Promise<readonly string[]> {
  git(folder, ['apply', '--whitespace=nowarn'], `${printed}\n`);
  return Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
}
