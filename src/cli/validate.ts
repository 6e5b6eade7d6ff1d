import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkPins } from '../policy/check-pins.ts';
import { formatProblem } from '../policy/format-problem.ts';
import { targetKey } from '../target.ts';
import { policiesAt, withClone, type RepositoryOptions, type Terminal } from './context.ts';
import { policiesInFolder } from './policies-in-folder.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/**
 * Checks every policy file and every pin. Without `--at` it checks the files as they lie in the folder, so that a
 * mistake is found before it is committed; with it, as they stood at that commit.
 */
export async function validate(options: RepositoryOptions, terminal: Terminal): Promise<ExitCode> {
  const { set, pinProblems } = await (options.at === undefined
    ? inFolder(options)
    : atCommit(options));
  const problems = [...set.problems, ...pinProblems];
  const targets = set.targets.map((policy) => targetKey(policy.target));
  if (options.json === true) {
    terminal.out(JSON.stringify({ targets, problems }, undefined, 2));
  } else {
    for (const problem of problems) terminal.out(formatProblem(problem));
    terminal.out(summary(targets.length, problems.length));
  }
  return problems.length === 0 ? EXIT.ok : EXIT.no;
}

async function inFolder(options: RepositoryOptions) {
  const root = resolve(options.repo);
  const set = await policiesInFolder(root, options.policy);
  const read = (path: string) => readFile(join(root, path)).catch(() => undefined);
  return { set, pinProblems: await checkPins(set, read) };
}

function atCommit(options: RepositoryOptions) {
  return withClone(options, async ({ clone, commit }) => {
    const set = await policiesAt(clone, commit, options.policy);
    const read = async (path: string) => {
      const file = await clone.fileAt(commit, path);
      return file && clone.blob(file.blob);
    };
    return { set, pinProblems: await checkPins(set, read) };
  });
}

function summary(targets: number, problems: number): string {
  const counted = `${targets} ${targets === 1 ? 'target' : 'targets'}`;
  if (problems > 0)
    return `${problems} ${problems === 1 ? 'problem' : 'problems'}; ${counted} valid.`;
  if (targets === 0) return 'No policy files: nothing is watched. Start with docs/policy.md.';
  return `No problems; ${counted}.`;
}
