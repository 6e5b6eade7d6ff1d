import { isAtLeast } from '../approval/evaluate-approval.ts';
import type { Principal, TargetPolicy } from '../policy/policy.ts';
import { fullName } from '../rollback/workspace.ts';
import { targetKey } from '../target.ts';
import { count, principalName } from '../texts/names.ts';
import { some } from './check-approval-path.ts';
import { cannotBeRead, ok, problem, warning, type Check } from './check.ts';
import type { AccessFacts, PrincipalFacts, RepositoryFacts } from './facts.ts';
import type { Reading } from './reading.ts';

/** Who of those that `approvals.from` names can count at all: whoever approves has to be able to write. */
export function checkApprovers({
  repository,
  policies,
  principals,
}: RepositoryFacts): readonly Check[] {
  if (policies?.ok !== true || policies.value.set.targets.length === 0) return [];
  const about = fullName(repository);
  const { targets } = policies.value.set;
  const people = principals.flatMap((one) => checkPrincipal(about, one, targets));
  const short = targets.flatMap((policy) => checkEnough(about, policy, principals));
  const checks = [...people, ...short];
  return checks.length > 0
    ? checks
    : [ok('approvers', about, 'Everybody named as an approver can count.')];
}

function checkPrincipal(
  about: string,
  { principal, access }: PrincipalFacts,
  targets: readonly TargetPolicy[],
): readonly Check[] {
  const name = principalName(principal);
  if (!access.ok) {
    return [cannotBeRead('approvers', about, `what ${name} may do`, access.why)];
  }
  const { exists, role } = access.value;
  if (isAtLeast(role, 'write')) return [];
  const wanting = targets
    .filter(({ approvals }) => approvals.from.some((one) => isSame(one, principal)))
    .map(({ target }) => targetKey(target));
  const named = `${name}, an approver of ${some(wanting)},`;
  const kind = principal.kind === 'team' ? 'team' : 'user';
  if (!exists) {
    const found = `${named} does not exist: there is no such ${kind} that the App can see.`;
    return [
      warning('approvers', about, found, 'Correct the name in `approvals.from` of the policy.'),
    ];
  }
  const has = role === 'none' ? 'no access' : `the role ${role} only`;
  const effect =
    principal.kind === 'team'
      ? 'its members count only where they may write by another way'
      : 'this approval never counts';
  return [
    warning(
      'approvers',
      about,
      `${named} has ${has}: ${effect}.`,
      `Give ${name} the role write in the repository, or take the name out of \`approvals.from\`.`,
    ),
  ];
}

/** A policy whose approvers cannot make up the number it asks for, so that nothing that waits is ever approved. */
function checkEnough(
  about: string,
  policy: TargetPolicy,
  principals: readonly PrincipalFacts[],
): readonly Check[] {
  const { by, from, required } = policy.approvals;
  if (by === 'github' || from.length === 0) return [];
  const possible = from.map((one) => possibleApprovals(one, principals));
  const sum = possible.reduce((a, b) => a + b, 0);
  if (sum >= required) return [];
  return [
    problem(
      'approvers',
      about,
      `${targetKey(policy.target)} asks for ${count(required, 'approval')}, and ${sum === 0 ? 'nobody' : `only ${sum}`} of those it names can count.`,
      'Name people or teams with write access in `approvals.from`, or ask for fewer approvals.',
    ),
  ];
}

function possibleApprovals(principal: Principal, principals: readonly PrincipalFacts[]): number {
  if (principal.kind === 'role') return Number.POSITIVE_INFINITY;
  const access = principals.find((one) => isSame(one.principal, principal))?.access;
  return howMany(principal.kind, access);
}

/** What could not be read is not counted out. */
function howMany(kind: 'user' | 'team', access: Reading<AccessFacts> | undefined): number {
  const many = kind === 'user' ? 1 : Number.POSITIVE_INFINITY;
  if (access?.ok !== true) return many;
  if (!access.value.exists) return 0;
  // Members of a team without access may write by another way.
  return kind === 'team' || isAtLeast(access.value.role, 'write') ? many : 0;
}

function isSame(a: Principal, b: Principal): boolean {
  return a.kind === b.kind && principalName(a).toLowerCase() === principalName(b).toLowerCase();
}
