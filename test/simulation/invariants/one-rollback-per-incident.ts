import type { Pull } from '../../../fixtures/hub/state.ts';
import { rollbacks } from '../steps/step.ts';
import type { World } from '../world.ts';
import type { Invariant } from './invariant.ts';

/** At most one merged rollback, and at most one open pull request, for one incident. */
export const oneRollbackPerIncident: Invariant = {
  name: 'one rollback per incident',
  during: findSecond,
  after: findSecond,
};

function findSecond(world: World): readonly string[] {
  const byBranch = new Map<string, Pull[]>();
  for (const pull of rollbacks(world)) {
    byBranch.set(pull.headRef, [...(byBranch.get(pull.headRef) ?? []), pull]);
  }
  return [...byBranch].flatMap(([branch, pulls]) => {
    const merged = pulls.filter(({ mergedAt }) => mergedAt !== undefined);
    const open = pulls.filter(({ state }) => state === 'open');
    return [
      ...(merged.length > 1 ? [`${merged.length} merged rollbacks of ${branch}`] : []),
      ...(open.length > 1 ? [`${open.length} open pull requests of ${branch}`] : []),
    ];
  });
}
