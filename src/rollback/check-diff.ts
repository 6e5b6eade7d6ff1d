import { blobOid } from '../releases/blob-oid.ts';
import type { Oid } from '../releases/release.ts';
import { sameVersions } from '../releases/versions.ts';
import { targetKey } from '../target.ts';
import type { Plan } from './plan.ts';

/** A file that a pull request changes, as GitHub lists it. */
export interface ChangedFile {
  readonly path: string;
  readonly blob: Oid;
  /** GitHub's word: `modified`, `added`, `removed`, `renamed`, … */
  readonly status: string;
}

export interface DiffProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * Compares what a pull request changes with its plan: exactly the planned files, each of exactly the planned bytes.
 * No problems means that the diff is the plan. A list that GitHub cut short (GitHub reality 25) lacks a file or has
 * more than the plan, so it never passes for the plan.
 */
export function checkDiff(plan: Plan, changed: readonly ChangedFile[]): readonly DiffProblem[] {
  const planned = new Map(plan.files.map((file) => [file.path, file]));
  const problems = changed.flatMap(({ path, blob, status }) => {
    const file = planned.get(path);
    const problem = (message: string): DiffProblem[] => [{ path, message }];
    if (!file) return problem(`${path} is ${status}, and the plan does not touch it.`);
    if (status !== 'modified') return problem(`${path} is ${status}; the plan only modifies it.`);
    if (blob !== blobOid(file.after)) return problem(`${path} holds something else than the plan.`);
    return [];
  });
  const seen = new Set(changed.map(({ path }) => path));
  for (const path of planned.keys()) {
    if (!seen.has(path))
      problems.push({ path, message: `${path} is not changed; the plan is to.` });
  }
  return problems;
}

/** Whether two plans end the same incident with the same versions, though one may be made for a later base. */
export function sameGoal(a: Plan, b: Plan): boolean {
  return (
    targetKey(a.target) === targetKey(b.target) &&
    a.bad.commit === b.bad.commit &&
    sameVersions(a.goal.versions, b.goal.versions)
  );
}
