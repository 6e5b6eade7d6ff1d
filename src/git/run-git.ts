import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { simpleGit } from 'simple-git';
import { explainFailure } from './explain-failure.ts';
import type { GitEnvironment, GitPlace } from './git-environment.ts';

/**
 * Runs one git command to its end and answers what it printed, without trailing blanks.
 * Throws a {@link GitError} with git's own words when it fails; `secrets` are taken out of them.
 */
export async function runGit(
  place: { readonly gitFolder: string; readonly env: GitEnvironment },
  args: readonly string[],
  options: { readonly signal?: AbortSignal; readonly secrets?: readonly string[] } = {},
): Promise<string> {
  const git = simpleGit({
    baseDir: place.gitFolder,
    trimmed: true,
    // simple-git refuses these variables because a stranger may have set them; here they are all our own.
    allowEnvironment: Object.keys(place.env),
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeTemplateDir: true,
    },
    ...(options.signal === undefined ? {} : { abort: options.signal }),
  });
  try {
    return await git.env({ ...place.env }).raw([...args]);
  } catch (error) {
    throw explainFailure(args, error, options.secrets ?? []);
  }
}

/**
 * Starts a git process with open pipes. simple-git hands out whole strings and no standard input, so
 * long-lived processes and long outputs are started here, by the same rules: no shell, arguments as an array.
 */
export function spawnGit(place: GitPlace, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn('git', args, { cwd: place.gitFolder, env: { ...place.env }, stdio: 'pipe' });
}

/**
 * The standard output of a git command as it comes. Ends the process when the reader stops early.
 * Throws a {@link GitError} after the last chunk when git failed.
 */
export async function* streamGit(
  place: GitPlace,
  args: readonly string[],
): AsyncGenerator<Buffer, void, undefined> {
  const child = spawnGit(place, args);
  const errors: string[] = [];
  child.stdin.end();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (errors.length < 100) errors.push(text);
  });
  const closed = new Promise<number | null | Error>((resolve) => {
    child.on('error', resolve).on('close', resolve);
  });
  let finished = false;
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    finished = true;
  } finally {
    if (!finished) child.kill();
  }
  const end = await closed;
  if (end instanceof Error) throw explainFailure(args, end, []);
  if (end !== 0) throw explainFailure(args, new Error(errors.join('')), []);
}
