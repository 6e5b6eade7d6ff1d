import { fullName } from '../rollback/workspace.ts';
import { listOf } from '../texts/names.ts';
import { checkApprovalPath, checkGitHubApproval } from './check-approval-path.ts';
import { checkAutomaticMerge } from './check-automatic-merge.ts';
import { checkGates } from './check-gates.ts';
import { checkMergeMethod } from './check-merge-method.ts';
import { checkRollbackBranch } from './check-rollback-branch.ts';
import { cannotBeRead, ok, warning, type Check } from './check.ts';
import type { BranchCase } from './branch-case.ts';
import type { KnownApp, RepositoryFacts } from './facts.ts';
import { gatesToMerge, isClassicUnsure, rulesetName } from './gates.ts';

/** What the rules of the default branch, and of the branches of rollbacks, mean for rollbacks. */
export function checkBranch(app: KnownApp, facts: RepositoryFacts): readonly Check[] {
  const { repository, branch, policies } = facts;
  const about = fullName(repository);
  const one: BranchCase = {
    about,
    name: repository.defaultBranch,
    slug: app.slug,
    branch,
    gates: gatesToMerge(branch),
    unsure: isClassicUnsure(branch),
    policies: policies?.ok === true ? policies.value : undefined,
  };
  const readings = [checkRules(one), ...checkBypass(one), ...checkClassic(one)];
  // Without the rules nothing can be said of what they mean: one line is enough.
  const meaning = branch.rules.ok
    ? [
        checkApprovalPath(one),
        ...checkGitHubApproval(one),
        checkAutomaticMerge(one),
        ...checkGates(one),
      ]
    : [];
  return [...readings, ...meaning, checkMergeMethod(one), checkRollbackBranch(one)];
}

function checkRules({ about, name, branch }: BranchCase): Check {
  const { rules } = branch;
  if (!rules.ok) {
    return cannotBeRead('branch-rules', about, `the rules in force for ${name}`, rules.why);
  }
  const names = [...new Set(rules.value.map(({ ruleset }) => rulesetName(branch, ruleset)))];
  return ok(
    'branch-rules',
    about,
    names.length === 0
      ? `No ruleset is in force for ${name}.`
      : `In force for ${name}: ${listOf(names)}.`,
  );
}

function checkBypass({ about, branch, name }: BranchCase): readonly Check[] {
  return [...branch.rulesets].flatMap(([id, found]): readonly Check[] => {
    const what = `whether the App bypasses ${rulesetName(branch, id)}`;
    if (!found.ok) return [cannotBeRead('bypass', about, what, found.why)];
    const { bypass } = found.value;
    if (!bypass.ok) return [cannotBeRead('bypass', about, what, bypass.why)];
    const says = {
      always: 'The App bypasses',
      'pull-request': 'The App bypasses, when it merges pull requests,',
      never: 'The App does not bypass',
    }[bypass.value];
    const inForce = branch.rules.ok && branch.rules.value.some(({ ruleset }) => ruleset === id);
    const where = inForce ? `of ${name}` : 'of branches of rollbacks';
    return [ok('bypass', about, `${says} ${rulesetName(branch, id)} ${where}.`)];
  });
}

function checkClassic({ about, name, branch }: BranchCase): readonly Check[] {
  const { classic } = branch;
  const what = `the classic protection of ${name}`;
  if (!classic.ok) return [cannotBeRead('classic-protection', about, what, classic.why)];
  switch (classic.value.kind) {
    case 'none':
      return [ok('classic-protection', about, `${name} has no classic protection.`)];
    case 'whole':
      return [
        ok(
          'classic-protection',
          about,
          `${name} has classic protection, and all of it could be read.`,
        ),
      ];
    case 'part':
      return [
        warning(
          'classic-protection',
          about,
          `Cannot be read: reviews and push restrictions of ${what}. ${classic.value.why}`,
          'Move the protection into a ruleset, which the App can read and be let past; or check by hand that the App may push and merge.',
        ),
      ];
  }
}
