import { formatPatch, structuredPatch } from 'diff';
import type { Plan } from '../rollback/plan.ts';

/** The change as git writes it, for `git apply`; every line ends in a line end but the last, which the caller adds. */
export function diffOf({ files }: Pick<Plan, 'files'>): string {
  return files
    .map(({ path, before, after }) => {
      const patch = structuredPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
        context: 3,
      });
      return formatPatch({ ...patch, isGit: true });
    })
    .join('')
    .replace(/\n$/, '');
}
