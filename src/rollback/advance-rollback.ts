/**
 * What happens to a rollback pull request once it is open.
 *
 * The races: the default branch moves while people review (another release, a rollback by hand, a change of
 * one pin of the pair); somebody pushes to the rollback's branch or points it elsewhere; the alert resolves; the
 * answer of a merge gets lost; two events ask for the same step at once.
 *
 * What must hold: only the evaluated head is merged, only into the default branch, only while the bad release still
 * runs, only by the policy or with the approvals it asks for; what stands after the merge is the pair of the plan.
 *
 * How: every event leads to the same function. It reads what is true now, asks `nextStep`, and does that one
 * thing; doing it again is harmless. Calls for one repository come one after another (its lane). The merge call
 * compares and swaps the head only, so the pair is read again at the merge commit.
 */
import { withLogFacts } from '../log-facts.ts';
import { targetKey } from '../target.ts';
import { mergeSentence } from '../texts/merge.ts';
import { waitingSentence } from '../texts/waiting.ts';
import { SECOND } from '../time.ts';
import { closeRollback } from './close-rollback.ts';
import { endRollback, finishMerged } from './end-rollback.ts';
import type { PullRequest } from './forge.ts';
import { giveUp } from './give-up.ts';
import { insist } from './insist.ts';
import { keepWaiting } from './keep-waiting.ts';
import { lookAgain, showsFormerHead } from './look-again.ts';
import { mergeRollback } from './merge-rollback.ts';
import { nextStep } from './next-step.ts';
import { readSituation } from './read-situation.ts';
import { renewRollback } from './renew-rollback.ts';
import { tellStatus } from './tell-status.ts';
import { bringUpToDate, policyOf } from './up-to-date.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/**
 * Takes the open rollback of a branch one step further, or says in its pull request what it waits for. Never throws;
 * what fails and may pass is tried again. `seen` is the pull request where it was opened just now.
 */
export async function advanceRollback(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  seen?: PullRequest,
  attempts = 1,
): Promise<void> {
  const rollback = workspace.open.get(branch);
  if (!rollback) return;
  const { number, plan } = rollback;
  const what = `Going on with pull request #${number} for ${targetKey(plan.target)}`;
  const doing = { due: { kind: 'advance', branch, attempts }, what } as const;
  await withLogFacts({ incident: branch }, () =>
    insist(workspace, ports, doing, async () => {
      const pull = seen ?? (await ports.forge.pull(workspace.repository, number));
      await takeStep(workspace, ports, rollback, pull, seen !== undefined);
    }),
  );
}

const CONFLICTS = mergeSentence({ kind: 'conflict' });

async function takeStep(
  workspace: Workspace,
  ports: Ports,
  known: OpenRollback,
  pull: PullRequest,
  isNew: boolean,
): Promise<void> {
  const end = (rollback: OpenRollback): Promise<void> =>
    endRollback(workspace, ports, rollback, pull, advanceRollback);
  if (pull.state !== 'open') return end(known);
  const rollback = noteReturn(workspace, ports, known, pull);
  const head = await workspace.manifests.head();
  if (pull.base !== head.commit) await bringUpToDate(workspace, ports);

  const policy = policyOf(workspace, rollback.plan.target);
  if (!policy) {
    return tellStatus(workspace, ports, rollback, pull, waitingSentence('policy', ''), 'policy');
  }
  if (showsFormerHead(rollback, pull)) {
    lookAgain(workspace, ports, rollback, SECOND);
    return;
  }
  const situation = await readSituation(workspace, ports, rollback, policy, pull, isNew);
  const step = nextStep(situation);
  switch (step.do) {
    case 'settle':
      return end(rollback);
    case 'close': {
      const { running } = situation;
      return closeRollback(workspace, ports, rollback, pull, running, step.already);
    }
    case 'wait':
      return keepWaiting(workspace, ports, rollback, pull, policy, situation, step.for);
    case 'give-up':
      return giveUp(workspace, ports, rollback, pull, policy);
    case 'renew':
      return renewRollback(workspace, ports, rollback, pull, CONFLICTS, advanceRollback);
    case 'merge': {
      const { approval } = situation;
      const merged = await mergeRollback(
        workspace,
        ports,
        rollback,
        pull,
        step.proof,
        approval,
        policy,
      );
      if (merged && 'stale' in merged) {
        return renewRollback(workspace, ports, rollback, pull, merged.stale, advanceRollback);
      }
      if (merged) await finishMerged(workspace, ports, rollback, pull, merged, advanceRollback);
    }
  }
}

/**
 * Whoever approved it while it went to another branch, or before that, approved something else: once it goes to the
 * default branch again, they are asked anew.
 */
function noteReturn(
  { repository, open }: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
): OpenRollback {
  if (rollback.waitsFor !== 'other-base' || pull.into !== repository.defaultBranch) return rollback;
  const back = { ...rollback, approvalsSince: ports.clock() };
  open.set(rollback.branch, back);
  return back;
}
