import type { Clone } from '../../git/open-clone.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { Oid } from '../../releases/release.ts';
import type { SeenBranch } from './read-candidates.ts';
import type { SeenRecord } from './read-record.ts';

/** The policies of the default branch over time. */
export interface SeenPolicies {
  /** As they stood at a commit of it: read once for each time that any of them changed. */
  at(commit: Oid): Promise<PolicySet>;
  /** Whether the policy file that allowed a rollback stood there still when it was merged. */
  stood(record: SeenRecord, parent: Oid): Promise<boolean>;
}

export async function readSeenPolicies(
  clone: Clone,
  head: Oid,
  { order }: SeenBranch,
  policiesAt: (commit: Oid) => Promise<PolicySet>,
): Promise<SeenPolicies> {
  const changed: number[] = [];
  const blobs = new Map<string, { readonly place: number; readonly blob: Oid | null }[]>();
  for await (const { commit, changes } of clone.touched(head, ['.lastgood'])) {
    const place = order.get(commit) ?? 0;
    changed.push(place);
    for (const { path, blob } of changes) {
      const known = blobs.get(path);
      if (known) known.push({ place, blob });
      else blobs.set(path, [{ place, blob }]);
    }
  }
  changed.reverse();
  for (const one of blobs.values()) one.reverse();
  const known = new Map<number, Promise<PolicySet>>();

  const blobAt = async (commit: Oid, path: string): Promise<Oid | undefined> => {
    const place = order.get(commit);
    if (place === undefined) return (await clone.fileAt(commit, path))?.blob;
    const changes = blobs.get(path) ?? [];
    return changes[countUpTo(changes, place, (one) => one.place) - 1]?.blob ?? undefined;
  };

  return {
    at(commit) {
      const version = countUpTo(changed, order.get(commit) ?? -1, (place) => place);
      const found = known.get(version) ?? policiesAt(commit);
      known.set(version, found);
      return found;
    },
    async stood({ policyFile, policyCommit }, parent) {
      try {
        const then = await blobAt(policyCommit, policyFile);
        return then !== undefined && then === (await blobAt(parent, policyFile));
      } catch {
        return false;
      }
    },
  };
}

/** How many of a sorted list are at most so large. */
function countUpTo<T>(sorted: readonly T[], most: number, size: (one: T) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = sorted[middle];
    if (one !== undefined && size(one) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
