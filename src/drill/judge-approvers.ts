import { countGroups, isComplete } from '../approval/count-groups.ts';
import type { Reachable } from '../doctor/examiner.ts';
import type { ApprovalPolicy, Principal } from '../policy/policy.ts';
import type { Account } from '../rollback/forge.ts';
import { count, listOf, principalName } from '../texts/names.ts';
import type { PhaseResult } from './drill.ts';

type Judged = Pick<PhaseResult, 'outcome' | 'finding'>;

/**
 * Whether enough people could approve a rollback of a target: those whom the policy names and who may write, without
 * the one who asks, each for one group only. `reachable` is who they are; whoever could not be read is not counted out.
 * Pure.
 */
export function judgeApprovers(
  approvals: Pick<ApprovalPolicy, 'by' | 'required' | 'from' | 'groups'>,
  reachable: Reachable,
  without?: string,
): Judged {
  const { by, required, from, groups } = approvals;
  if (by === 'github') {
    return { outcome: 'skipped', finding: 'The policy leaves approvals to the rules of GitHub.' };
  }
  if (required === 0) return { outcome: 'skipped', finding: 'The policy asks for no approval.' };
  const open = [...(from.length === 0 ? [{ kind: 'role' } as const] : from)].some(
    (one) => one.kind === 'role' || reachable.get(principalName(one))?.ok !== true,
  );
  const names = new Map(
    [...reachable.values()]
      .flatMap((one) => (one.ok ? one.value : []))
      .filter((login) => login.toLowerCase() !== without?.toLowerCase())
      .map((login) => [login.toLowerCase(), login]),
  );
  const people = [...names.values()].map((login, i): Account => ({ id: i + 1, login, bot: false }));
  const wanted = groups ?? [{ name: '', from, required }];
  const everybody = [...people, ...unnamed(required)];
  const filled = countGroups(wanted, everybody, (user, named) => isOneOf(user, named, reachable));
  const first = filled.find((one) => !isComplete(one));
  if (first) {
    const where = groups ? ` of the group ${first.name}` : '';
    const who = first.approvedBy.map(({ login }) => login);
    return {
      outcome: 'failed',
      finding: `${count(first.required, 'approval')}${where} would be needed, and ${who.length === 0 ? 'nobody' : `only ${listOf(who)}`} could give one. Name people or teams with write access in approvals.from, or ask for fewer approvals.`,
    };
  }
  const named = people.length === 1 ? '1 person' : `${people.length} people`;
  const others = 'whom GitHub does not list by name';
  const could = !open
    ? named
    : people.length > 0
      ? `${named}, and others ${others},`
      : `People ${others}`;
  return {
    outcome: 'passed',
    finding: `${could} could approve; ${count(required, 'approval')} would be needed.`,
  };
}

/** Stand for those whom GitHub does not list: they have no name, and are told by that. */
function unnamed(number: number): readonly Account[] {
  return Array.from({ length: number }, (_, i) => ({ id: -1 - i, login: '', bot: false }));
}

function isOneOf(user: Account, from: readonly Principal[], reachable: Reachable): boolean {
  if (from.length === 0) return true;
  return from.some((one) => {
    const known = one.kind === 'role' ? undefined : reachable.get(principalName(one));
    if (known?.ok !== true) return user.login === '';
    return known.value.some((login) => login.toLowerCase() === user.login.toLowerCase());
  });
}
