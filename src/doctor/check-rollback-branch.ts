import { branchOf } from '../rollback/branch.ts';
import { listOf } from '../texts/names.ts';
import type { BranchCase } from './branch-case.ts';
import { cannotBeRead, ok, problem, warning, type Check } from './check.ts';
import type { NamePattern } from './facts.ts';
import { gatesToPush, sourcesOf, type Gate } from './gates.ts';

/** Whether the App may create the branches of rollbacks, `lastgood/…`, and commit to them. */
export function checkRollbackBranch({ about, branch, policies }: BranchCase): Check {
  const { rollbackRules } = branch;
  if (!rollbackRules.ok) {
    const what = 'the rules for branches named lastgood/…';
    return cannotBeRead('rollback-branch', about, what, rollbackRules.why);
  }
  const target = policies?.set.targets[0]?.target ?? { environment: 'production', model: 'model' };
  const name = branchOf({ target, badCommit: '0'.repeat(40) });
  const forbidding = gatesToPush(branch).flatMap((gate) => {
    const why = gate.bypassed === 'yes' ? undefined : forbids(gate, name);
    return why === undefined ? [] : [{ gate, why }];
  });
  if (forbidding.length === 0) {
    return ok('rollback-branch', about, 'Branches named lastgood/… may be created and pushed to.');
  }
  const sources = sourcesOf(forbidding.map(({ gate }) => gate));
  const found = `No rollback can be proposed: ${listOf(forbidding.map(({ why }) => why))}.`;
  const fix = `Leave \`lastgood/**/*\` out of ${sources}, or put the App on its bypass list for everything ("always"), not for pull requests only.`;
  if (forbidding.some(({ gate }) => gate.bypassed === 'no')) {
    return problem('rollback-branch', about, found, fix);
  }
  const unsure = `${found} Unless the App bypasses it, which could not be read.`;
  return warning('rollback-branch', about, unsure, fix);
}

/** Why a rule keeps the App from making a branch with one commit; undefined when it does not. */
function forbids({ rule, source }: Gate, name: string): string | undefined {
  switch (rule.kind) {
    case 'creation':
      return `${source} lets nobody create branches such as ${name}`;
    case 'update':
      return `${source} lets nobody push to branches such as ${name}`;
    case 'reviews':
    case 'pull-request':
      return `${source} wants pull requests for branches such as ${name} as well`;
    case 'checks':
      return `${source} requires checks before branches such as ${name} are pushed to`;
    case 'queue':
      return `${source} wants a merge queue for branches such as ${name}`;
    case 'branch-name':
      return fits(name, rule.pattern) ? undefined : `${source} does not allow the name ${name}`;
    // GitHub signs what the App commits; the others are about merging.
    case 'signatures':
    case 'linear-history':
    case 'methods':
    case 'pushers':
    case 'harmless':
    case 'other':
      return undefined;
  }
}

/** Whether a name meets a pattern of a ruleset. A pattern that cannot be read here forbids nothing. */
function fits(name: string, { operator, pattern, negate }: NamePattern): boolean {
  const matches = matcher(operator, pattern);
  return matches === undefined || matches(name) !== negate;
}

function matcher(operator: string, pattern: string): ((name: string) => boolean) | undefined {
  if (operator === 'starts_with') return (name) => name.startsWith(pattern);
  if (operator === 'ends_with') return (name) => name.endsWith(pattern);
  if (operator === 'contains') return (name) => name.includes(pattern);
  return undefined;
}
