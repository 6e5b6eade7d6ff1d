import type { Oid } from '../releases/release.ts';
import { parseTargetKey, targetKey, type Target } from '../target.ts';

/** What a rollback is about: with the repository, the identity of an incident. */
export interface IncidentId {
  readonly target: Target;
  /** The commit that brought the bad release. */
  readonly badCommit: Oid;
}

/** All rollback branches start so; nobody else's should. */
export const BRANCH_PREFIX = 'lastgood/';

/**
 * The branch of an incident. It follows from the incident alone, and GitHub creates a ref once:
 * the branch is the lock, and whoever loses the race finds the winner's work under the same name.
 */
export function branchOf(incident: IncidentId): string {
  return `${BRANCH_PREFIX}${targetKey(incident.target)}/${incident.badCommit}`;
}

/** The inverse of {@link branchOf}; undefined for any branch that is not a rollback's. */
export function incidentOf(branch: string): IncidentId | undefined {
  const match = /^lastgood\/(.+)\/([0-9a-f]{40})$/.exec(branch);
  const target = match?.[1] === undefined ? undefined : parseTargetKey(match[1]);
  return target && match?.[2] !== undefined ? { target, badCommit: match[2] } : undefined;
}
