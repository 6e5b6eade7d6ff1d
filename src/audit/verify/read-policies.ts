import type { Clone } from '../../git/open-clone.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { Oid } from '../../releases/release.ts';
import type { SeenBranch } from './read-candidates.ts';
import type { SeenRecord } from './read-record.ts';

/** The policies as they stood at a commit of the default branch, read once for each time that any of them changed. */
export async function makePolicies(
  clone: Clone,
  head: Oid,
  { order }: SeenBranch,
  policiesAt: (commit: Oid) => Promise<PolicySet>,
): Promise<(commit: Oid) => Promise<PolicySet>> {
  const changed: number[] = [];
  for await (const { commit } of clone.touched(head, ['.lastgood'])) {
    changed.push(order.get(commit) ?? 0);
  }
  changed.reverse();
  const known = new Map<number, Promise<PolicySet>>();
  return (commit) => {
    const place = order.get(commit) ?? -1;
    let [low, high] = [0, changed.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((changed[middle] ?? Infinity) <= place) low = middle + 1;
      else high = middle;
    }
    const found = known.get(low) ?? policiesAt(commit);
    known.set(low, found);
    return found;
  };
}

/** Whether the policy file that allowed a rollback stood there still when it was merged. */
export async function isSameFile(
  clone: Clone,
  { policyFile, policyCommit }: SeenRecord,
  parent: Oid,
): Promise<boolean> {
  try {
    const then = await clone.fileAt(policyCommit, policyFile);
    const now = await clone.fileAt(parent, policyFile);
    return then !== undefined && then.blob === now?.blob;
  } catch {
    return false;
  }
}
