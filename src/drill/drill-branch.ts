import { BRANCH_PREFIX } from '../rollback/branch.ts';
import { parseTargetKey, targetKey, type Target, type TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';

/** All branches of drills start so: none of them is one that an incident has, as no environment is called `drill`. */
export const DRILL_PREFIX = `${BRANCH_PREFIX}drill/`;

/** What a branch of a drill is about. */
export interface DrillId {
  readonly target: Target;
  readonly startedAt: Instant;
  /** `back`: undoes in the environment of drills what the drill merged there. */
  readonly part: 'there' | 'back';
}

/** The branch of a drill. It follows from the drill alone, so whoever goes on with it finds the same one. */
export function drillBranch({ target, startedAt, part }: DrillId): string {
  return `${drillsName(targetKey(target))}/${startedAt}${part === 'back' ? '-back' : ''}`;
}

/** The inverse of {@link drillBranch}; undefined for any branch that is not a drill's. */
export function drillOf(branch: string): DrillId | undefined {
  if (!branch.startsWith(DRILL_PREFIX)) return undefined;
  const match = /^(.+)\/(\d{13})(-back)?$/.exec(branch.slice(DRILL_PREFIX.length));
  const target = match?.[1] === undefined ? undefined : parseTargetKey(match[1]);
  if (!target) return undefined;
  return { target, startedAt: Number(match?.[2]), part: match?.[3] ? 'back' : 'there' };
}

/** What all drills of a target are called in the journal and in calls for people. */
export function drillsName(target: TargetKey): string {
  return `${DRILL_PREFIX}${target}`;
}
