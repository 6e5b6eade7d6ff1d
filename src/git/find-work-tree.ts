import { personEnvironment } from './git-environment.ts';
import { runGit } from './run-git.ts';

/**
 * The top folder of the work tree that `folder` is in; undefined where there is none: in a bare repository, and in
 * a folder of no repository.
 */
export async function findWorkTree(folder: string): Promise<string | undefined> {
  try {
    const place = { gitFolder: folder, env: personEnvironment(process.env) };
    return (await runGit(place, ['rev-parse', '--show-toplevel'])) || undefined;
  } catch {
    return undefined;
  }
}
