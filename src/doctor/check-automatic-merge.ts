import { targetKey } from '../target.ts';
import { listOf } from '../texts/names.ts';
import { mergeBlockers } from './blockers.ts';
import { some } from './check-approval-path.ts';
import type { BranchCase } from './branch-case.ts';
import { ok, problem, warning, type Check } from './check.ts';
import { gatesOf, sourcesOf } from './gates.ts';

/** Whether GitHub would take a merge that nobody approved now, and why not. */
export function checkAutomaticMerge(one: BranchCase): Check {
  const { about, name, gates, unsure, slug, policies, branch } = one;
  const method = policies?.set.repository.mergeMethod;
  const blockers = mergeBlockers(gates, { slug, ...(method && { method }) });
  const certain = blockers.filter(({ gate }) => gate.bypassed === 'no').map(({ why }) => why);
  if (method !== undefined && branch.methods.ok && !branch.methods.value.includes(method)) {
    certain.push(`the settings of the repository do not allow ${method}`);
  }
  const merging = (policies?.set.targets ?? [])
    .filter(({ respond }) => Object.values(respond).includes('merge'))
    .map(({ target }) => targetKey(target));
  if (certain.length > 0) {
    const refused = `GitHub would refuse an automatic merge to ${name}: ${listOf(certain)}.`;
    if (merging.length === 0 && policies !== undefined) {
      return ok('automatic-merge', about, `No policy asks for automatic merges. ${refused}`);
    }
    const sources = sourcesOf(blockers.map(({ gate }) => gate));
    const fix =
      blockers.length > 0
        ? `Put the App on the bypass list of ${sources}, or let the policies respond with \`review\`.`
        : `Allow ${method} in the settings of the repository, or choose another mergeMethod in .lastgood/repository.yaml.`;
    return policies === undefined
      ? warning('automatic-merge', about, refused, fix)
      : problem('automatic-merge', about, `${refused} Wanted by ${some(merging)}.`, fix);
  }
  if (unsure || blockers.length > 0) {
    return warning(
      'automatic-merge',
      about,
      `Whether GitHub would take an automatic merge to ${name} cannot be told, because not all of its rules could be read.`,
      'Mend what could not be read, or check the rules by hand.',
    );
  }
  const contexts = gatesOf(gates, 'checks')
    .filter(({ bypassed }) => bypassed !== 'yes')
    .flatMap(({ rule }) => rule.contexts);
  const wait = contexts.length > 0 ? `, once ${listOf(contexts.map((c) => `"${c}"`))} passed` : '';
  return ok(
    'automatic-merge',
    about,
    `GitHub would take an automatic merge to ${name} now${wait}.`,
  );
}
