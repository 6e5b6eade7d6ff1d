import type { ApprovalGroup, Principal } from '../policy/policy.ts';
import type { Account } from '../rollback/forge.ts';
import type { GroupState } from './approval.ts';

/**
 * Puts each person who approved into at most one group, so that as many places as possible are filled: whoever
 * belongs to two groups fills the one that nobody else can. `isOf` says whether a person is one of those named.
 */
export function countGroups(
  groups: readonly ApprovalGroup[],
  approvedBy: readonly Account[],
  isOf: (user: Account, from: readonly Principal[]) => boolean,
): readonly GroupState[] {
  const members: Account[][] = groups.map(() => []);

  /** Finds a place for one more person, moving others to another group of theirs where that makes room. */
  const place = (user: Account, tried: Set<number>): boolean => {
    for (const [index, group] of groups.entries()) {
      const inside = members[index];
      if (!inside || tried.has(index) || !isOf(user, group.from)) continue;
      tried.add(index);
      if (inside.length < group.required) {
        inside.push(user);
        return true;
      }
      for (const [at, other] of inside.entries()) {
        if (!place(other, tried)) continue;
        inside[at] = user;
        return true;
      }
    }
    return false;
  };
  for (const user of approvedBy) place(user, new Set());
  return groups.map(({ name, required, from }, index) => {
    return { name, required, from, approvedBy: members[index] ?? [] };
  });
}

/** Whether nobody of the group is missing. */
export function isComplete({ required, approvedBy }: GroupState): boolean {
  return Number.isInteger(required) && required >= 1 && approvedBy.length >= required;
}
