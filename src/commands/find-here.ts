import { incidentOf } from '../rollback/branch.ts';
import type { Workspace } from '../rollback/workspace.ts';
import type { Targets } from './find-target.ts';

/** The branch of the rollback pull request that something was said in, where it is one. */
export function hereOf({ past }: Workspace, number: number): { readonly branch?: string } {
  for (const [branch, one] of past) if (one.number === number) return { branch };
  return {};
}

/** What a command below an issue or a pull request may name. */
export function targetsOf(workspace: Workspace, number: number): Targets {
  const { targets, disabled } = workspace.policies.set;
  const { branch } = hereOf(workspace, number);
  const here = branch === undefined ? undefined : incidentOf(branch)?.target;
  return { known: [...targets, ...disabled].map(({ target }) => target), ...(here && { here }) };
}
