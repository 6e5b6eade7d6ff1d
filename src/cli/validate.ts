import { join, resolve } from 'node:path';
import { findWorkTree } from '../git/find-work-tree.ts';
import { checkPins } from '../policy/check-pins.ts';
import { formatProblem } from '../policy/format-problem.ts';
import type { PolicyProblem, PolicySet } from '../policy/policy.ts';
import { unwatchedOf } from '../policy/unwatched.ts';
import type { Oid } from '../releases/release.ts';
import { targetKey } from '../target.ts';
import { unwatchedSentence } from '../texts/monitors.ts';
import { count } from '../texts/names.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { policiesAt, policiesInFolder, readAsGit } from './policies.ts';
import { showHidden, toJson, type Terminal } from './terminal.ts';
import { withClone, type RepositoryOptions } from './with-clone.ts';

/** What was checked: the files of a commit, or with null those of the folder. */
interface Checked {
  readonly commit: Oid | null;
  readonly set: PolicySet;
  readonly pinProblems: readonly PolicyProblem[];
}

/**
 * Checks every policy file and every pin. Without `--at` it checks the files as they lie in the folder, so that a
 * mistake is found before it is committed; with it, or in a bare repository, as they stood at that commit or `HEAD`.
 */
export async function validate(options: RepositoryOptions, terminal: Terminal): Promise<ExitCode> {
  const root = options.at === undefined ? await findWorkTree(resolve(options.repo)) : undefined;
  const { commit, set, pinProblems } = await (root === undefined
    ? atCommit(options, terminal)
    : inFolder(root, options));
  const problems = [...set.problems, ...pinProblems];
  const targets = set.targets.map(({ target }) => targetKey(target));
  const disabled = set.disabled.map(({ target }) => targetKey(target));
  if (options.json === true) {
    const unwatched = set.targets.flatMap((one) => {
      const found = unwatchedOf(one);
      return found ? [{ target: targetKey(one.target), needs: found }] : [];
    });
    terminal.out(toJson({ commit, targets, disabled, problems, unwatched }));
  } else {
    for (const problem of problems) terminal.out(showHidden(formatProblem(problem)));
    terminal.out(summary(targets.length, problems));
    for (const one of set.targets) {
      const found = unwatchedOf(one);
      if (!found) continue;
      terminal.out(showHidden(`${targetKey(one.target)}: ${unwatchedSentence(found)}`));
    }
  }
  return problems.length === 0 ? EXIT.ok : EXIT.no;
}

async function inFolder(root: string, options: RepositoryOptions): Promise<Checked> {
  const set = await policiesInFolder(root, options.policy);
  const read = (path: string) => readAsGit(join(root, path)).catch(() => undefined);
  return { commit: null, set, pinProblems: await checkPins(set, read) };
}

function atCommit(options: RepositoryOptions, terminal: Terminal): Promise<Checked> {
  return withClone(options, terminal.now, async ({ clone, commit }) => {
    const set = await policiesAt(clone, commit, options.policy);
    const read = async (path: string) => {
      const file = await clone.fileAt(commit, path);
      return file && clone.blob(file.blob);
    };
    return { commit, set, pinProblems: await checkPins(set, read) };
  });
}

function summary(targets: number, problems: readonly PolicyProblem[]): string {
  if (problems.length > 0) {
    const files = new Set(problems.map(({ file }) => file)).size;
    return `${count(problems.length, 'problem')} in ${count(files, 'file')}.`;
  }
  if (targets === 0) return 'No policy files: nothing is watched. Start with docs/policy.md.';
  return `No problems in the policies of ${count(targets, 'target')}.`;
}
