import type { ApprovalPolicy, Principal } from '../policy/policy.ts';
import type { ApprovalState } from './approval.ts';
import { isComplete } from './count-groups.ts';
import { samePrincipal } from './evaluate-approval.ts';

/**
 * Whose approval is still waited for, in the policy's own names: those of the groups that are not complete, or all whose
 * approval counts, without who has approved. Pure.
 */
export function missingFrom(
  { from, groups }: Pick<ApprovalPolicy, 'from' | 'groups'>,
  { groups: counted = [], approvedBy }: Pick<ApprovalState, 'groups' | 'approvedBy'>,
): readonly Principal[] {
  const open = counted.length > 0 ? counted.filter((one) => !isComplete(one)) : groups;
  const wanted = open ? open.flatMap((one) => one.from) : from;
  return wanted.filter(
    (one, at) =>
      wanted.findIndex((other) => samePrincipal(one, other)) === at &&
      !approvedBy.some(({ login }) => samePrincipal(one, { kind: 'user', login })),
  );
}
