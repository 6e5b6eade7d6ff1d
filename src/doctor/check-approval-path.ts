import { targetKey } from '../target.ts';
import { listOf } from '../texts/names.ts';
import type { BranchCase } from './branch-case.ts';
import { ok, problem, warning, type Check } from './check.ts';
import { capital, reviewGates, reviewsAsked, sourcesOf } from './gates.ts';

/**
 * Which manual path is in force: the App bypasses the rules and Lastgood enforces the approvals, GitHub's rules decide,
 * or nothing protects the branch. GitHub cannot vary the number of approvals by author, so that one of them has to be
 * chosen (GitHub reality 9).
 */
export function checkApprovalPath(one: BranchCase): Check {
  const { about, name, gates, unsure, policies } = one;
  const asking = reviewGates(gates);
  const holding = asking.filter(({ bypassed }) => bypassed === 'no');
  if (holding.length > 0) {
    const found = `GitHub's rules decide: ${reviewsAsked(holding)}.`;
    const counting = targetsBy(one, 'lastgood');
    if (counting.length === 0) return ok('approval-path', about, found);
    return warning(
      'approval-path',
      about,
      `${found} Lastgood counts the approvals of ${some(counting)} as well, and both have to be satisfied.`,
      `Put the App on the bypass list of ${sourcesOf(holding)}, or say \`approvals: { by: github }\` in the policy.`,
    );
  }
  if (unsure || asking.some(({ bypassed }) => bypassed === 'unknown')) {
    return warning(
      'approval-path',
      about,
      `Who decides about approvals for ${name} cannot be told, because not all of its rules could be read.`,
      'Mend what could not be read, or check by hand whether a rule asks for reviews that the App does not bypass.',
    );
  }
  if (asking.length > 0) {
    const found = `The App bypasses ${sourcesOf(asking)}, and Lastgood enforces the approvals of the policies.`;
    return ok('approval-path', about, found);
  }
  if (gates.some(({ rule }) => rule.kind !== 'harmless')) {
    const found = `No rule of ${name} asks for reviews: Lastgood alone enforces the approvals of the policies.`;
    return ok('approval-path', about, found);
  }
  const merging = policies === undefined ? '' : ' and policies';
  return warning(
    'approval-path',
    about,
    `Nothing protects ${name}: Lastgood enforces approvals for its own merges, and anybody who may write can push or merge past them.`,
    `Add a ruleset for ${name} that asks for a pull request with a review, and put the App on its bypass list, so that releases${merging} are reviewed.`,
  );
}

/** Policies that leave approvals to GitHub, where no rule of GitHub's asks for any: their rollbacks never merge. */
export function checkGitHubApproval(one: BranchCase): readonly Check[] {
  const { about, name, gates, unsure } = one;
  const left = targetsBy(one, 'github');
  if (left.length === 0) return [];
  if (reviewGates(gates).length > 0) {
    return [
      ok(
        'github-approval',
        about,
        `Rules of ${name} ask for the reviews that ${some(left)} leaves to GitHub.`,
      ),
    ];
  }
  const found = `${some(left)} leaves approvals to GitHub (\`by: github\`), and no rule of ${name}`;
  const fix = `Add a ruleset for ${name} that asks for reviews, or take \`by: github\` out of the policy.`;
  return unsure
    ? [
        warning(
          'github-approval',
          about,
          `${capital(found)} that could be read asks for reviews.`,
          fix,
        ),
      ]
    : [
        problem(
          'github-approval',
          about,
          `${capital(found)} asks for reviews: such a rollback never merges.`,
          fix,
        ),
      ];
}

function targetsBy({ policies }: BranchCase, by: 'github' | 'lastgood'): readonly string[] {
  return (policies?.set.targets ?? [])
    .filter(({ approvals }) => approvals.by === by)
    .map(({ target }) => targetKey(target));
}

/** A few names, the rest counted. */
export function some(names: readonly string[]): string {
  const rest = names.length - 3;
  return listOf(rest > 0 ? [...names.slice(0, 3), `${rest} more`] : names);
}
