import { listOf } from '../texts/names.ts';
import { mergeBlockers } from './blockers.ts';
import type { BranchCase } from './branch-case.ts';
import { cannotBeRead, ok, problem, warning, type Check } from './check.ts';
import { gatesOf } from './gates.ts';

/** Whether settings and rules allow the way of merging that `repository.yaml` chooses. */
export function checkMergeMethod({ about, branch, gates, policies, slug }: BranchCase): Check {
  const { methods } = branch;
  if (!methods.ok) {
    return cannotBeRead('merge-method', about, 'the ways of merging that are allowed', methods.why);
  }
  const allowed = listOf(methods.value, 'or');
  const method = policies?.set.repository.mergeMethod;
  if (method === undefined) {
    return ok('merge-method', about, `The repository allows ${allowed}.`);
  }
  const fix = `Allow ${method} there, or choose another mergeMethod in .lastgood/repository.yaml.`;
  if (!methods.value.includes(method)) {
    const found = `Lastgood merges by ${method} (mergeMethod), and the repository allows ${allowed} only.`;
    return problem('merge-method', about, found, fix);
  }
  const asking = [...gatesOf(gates, 'methods'), ...gatesOf(gates, 'linear-history')];
  const blockers = mergeBlockers(asking, { method, slug });
  const [blocker] = blockers;
  if (!blocker) return ok('merge-method', about, `Lastgood merges by ${method}, which is allowed.`);
  const found = `Lastgood merges by ${method} (mergeMethod), and ${listOf(blockers.map(({ why }) => why))}.`;
  return blockers.some(({ gate }) => gate.bypassed === 'no')
    ? problem('merge-method', about, found, fix)
    : warning(
        'merge-method',
        about,
        `${found} Whether the App bypasses it could not be read.`,
        fix,
      );
}
