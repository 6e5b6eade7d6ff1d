import { GATE_IDS, type CheckId } from '../../doctor/check.ts';
import type { PullRequest } from '../../rollback/forge.ts';
import type { DrillPull } from '../drill.ts';
import { again, type Did, type PolicyStep } from '../step.ts';
import { judgeChecks } from './look.ts';
import { endedByPerson } from './propose.ts';

/** What the doctor looks at that may hold up the merge of a rollback. */
const GATES: ReadonlySet<CheckId> = new Set(GATE_IDS);

/** Whether GitHub would merge the pull request, and no rule stands in the way of one like it. */
export async function wouldMerge(step: PolicyStep): Promise<Did> {
  const { workspace, ports, run, policy } = step;
  if (!run.pull) return { outcome: 'skipped', finding: 'There is no pull request.' };
  const pull = await ports.forge.pull(workspace.repository, run.pull.number);
  const interfered = whoInterfered(pull, run.pull);
  if (interfered) return { giveUp: interfered };
  if (pull.mergeable === 'unknown') {
    return again(step, 'GitHub does not work out whether it could be merged. Try a drill later.');
  }
  if (pull.mergeable === 'conflict') {
    const finding =
      'It conflicts with the default branch, which changed meanwhile. Try a drill again.';
    return { outcome: 'failed', finding };
  }
  const set = workspace.policies.set;
  const checks = await ports.examine.gates(workspace.repository, set, policy);
  return judgeChecks(
    checks.filter(({ id }) => GATES.has(id)),
    'GitHub calls it mergeable, and no rule that is known stands in the way.',
  );
}

/** Why a pull request is not as the drill left it any more; undefined when it is. */
export function whoInterfered(
  pull: Pick<PullRequest, 'state' | 'head'>,
  known: Pick<DrillPull, 'head'>,
): 'closed-by-person' | 'merged-by-person' | 'pushed-to' | undefined {
  if (pull.state !== 'open') return endedByPerson(pull);
  return pull.head === known.head ? undefined : 'pushed-to';
}
