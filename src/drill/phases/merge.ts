import type { MergeOutcome } from '../../rollback/forge.ts';
import type { Oid } from '../../releases/release.ts';
import { readRunning } from '../../releases/read-releases.ts';
import { sameVersions, versionsOf } from '../../releases/versions.ts';
import { bringUpToDate } from '../../rollback/up-to-date.ts';
import { mergeSentence } from '../../texts/merge.ts';
import { drillCommitOf, type DrillPart } from '../drill-message.ts';
import { mergesInDrill } from '../plan-drill.ts';
import { again, type Did, type PolicyStep, type Step } from '../step.ts';
import { whoInterfered } from './mergeable.ts';

/**
 * Merges a drill, in the one environment that the policy of this moment names for that, while what runs there is what
 * the drill began with.
 */
export async function mergeDrill(step: PolicyStep): Promise<Did> {
  const { workspace, ports, run, policy, target } = step;
  const { repository, manifests } = workspace;
  if (!run.pull || !run.plan || !mergesInDrill(target, policy.drills)) {
    return { outcome: 'skipped', finding: 'The policy does not name this environment for drills.' };
  }
  const pull = await ports.forge.pull(repository, run.pull.number);
  // The process may have died right after it merged.
  if (pull.state === 'merged' && pull.traces?.endedByApp === true && pull.mergeCommit) {
    return mergedAs(pull.mergeCommit);
  }
  const interfered = whoInterfered(pull, run.pull);
  if (interfered) return { giveUp: interfered };
  await bringUpToDate(workspace, ports);
  const { commit } = await manifests.head();
  const running = await readRunning(manifests, policy.pins, commit);
  const asBefore =
    running.problems.length === 0 && sameVersions(versionsOf(running), run.plan.from);
  if (!asBefore || pull.into !== repository.defaultBranch) {
    const finding =
      'Something else was shipped meanwhile, so it was not merged. Try a drill again.';
    return { outcome: 'failed', finding };
  }
  const outcome = await mergeOnce(step, { part: 'there', pull: run.pull });
  return typeof outcome === 'string' ? mergedAs(outcome) : outcome;
}

function mergedAs(commit: Oid): Did {
  return {
    outcome: 'passed',
    finding: `It merged as ${commit.slice(0, 12)}.`,
    change: { merged: { commit } },
  };
}

/** One merge call for a pull request of a drill; answers the commit, or what becomes of the phase instead. */
export async function mergeOnce(
  step: Step,
  {
    part,
    pull,
  }: { readonly part: DrillPart; readonly pull: { readonly number: number; readonly head: Oid } },
): Promise<Oid | Did> {
  const { workspace, ports, run, target } = step;
  const { headline, body } = drillCommitOf(target, run, part);
  const outcome = await ports.forge.merge(workspace.repository, {
    number: pull.number,
    head: pull.head,
    method: workspace.policies.set.repository.mergeMethod,
    title: `${headline} (#${pull.number})`,
    message: body,
  });
  if (outcome.kind === 'merged') return outcome.commit;
  const finding = `Pull request #${pull.number} ${mergeSentence(outcome)}`;
  return mayPass(outcome) ? again(step, finding) : { outcome: 'failed', finding };
}

/** Whether the same call may succeed in a moment. */
function mayPass({ kind }: MergeOutcome): boolean {
  return ['base-moved', 'not-computed', 'try-later', 'checks-pending'].includes(kind);
}
