/**
 * Closes every gap between what is known of a repository's rollbacks and what is.
 *
 * What may be missing: a delivery (a push, a review, a check, a merge, a closing, a reopening), a timer, the process
 * that opened a pull request or was about to, the look at the pair after a merge.
 *
 * What must hold: doing it twice does nothing twice; a repository where all is well costs a bounded number of
 * requests; one rollback that cannot be looked after does not keep the others from it.
 *
 * How: bring the mirror up to date, ask GitHub for its rollbacks, let the pure `planSweep` compare, and do what it
 * says with the same functions that the events lead to. Whatever a lost timer or delivery would have led to about an
 * open rollback, `advanceRollback` finds by looking.
 *
 * GitHub requests where all is well: a token and a fetch for git; one list of open pull requests, one of closed ones,
 * one of branches; one for the rollbacks among them, if there are any; and for each open rollback three, and the
 * look-ups of those who reviewed. Lists of more than 100 take more pages.
 */
import { DRILL_PREFIX } from '../drill/drill-branch.ts';
import { sweepDrills } from '../drill/sweep-drills.ts';
import { sweepRecoveries } from '../recovery/sweep-recoveries.ts';
import { targetKey } from '../target.ts';
import { failureSentence } from '../texts/failure.ts';
import { MINUTE } from '../time.ts';
import { advanceRollback } from './advance-rollback.ts';
import { alertFires } from './alert-fires.ts';
import { incidentOf } from './branch.ts';
import { checkMerged } from './check-merged.ts';
import { continueBranch, type LeftBranch } from './continue-branch.ts';
import type { PullRequest } from './forge.ts';
import { isPassing } from './insist.ts';
import { planSweep, type SweepAction } from './plan-sweep.ts';
import {
  longestWindow,
  recallLeftOut,
  recallReopened,
  recallRollback,
} from './recall-rollbacks.ts';
import { bringUpToDate } from './up-to-date.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/** What a sweep found and did, by branch. Empty lists and `behind: false`: there was no gap. */
export interface SweepReport {
  /** The default branch had moved without the mirror. */
  readonly behind: boolean;
  readonly settled: readonly string[];
  readonly recalled: readonly string[];
  readonly reopened: readonly string[];
  /** Branches that got the pull request they lacked. */
  readonly continued: readonly string[];
  readonly tidied: readonly string[];
  /** Merged rollbacks that had left a mixed pair standing. */
  readonly repaired: readonly string[];
  /** Open ones that were looked after: no gap by itself. */
  readonly advanced: readonly string[];
  /** Branches and pull requests that are left as they are. */
  readonly left: readonly { readonly branch: string; readonly why: LeftBranch }[];
  /** What could not be done; told in the journal. */
  readonly failed: readonly string[];
}

interface Tally {
  readonly settled: string[];
  readonly recalled: string[];
  readonly reopened: string[];
  readonly continued: string[];
  readonly tidied: string[];
  readonly repaired: string[];
  readonly advanced: string[];
  readonly left: { readonly branch: string; readonly why: LeftBranch }[];
  readonly failed: string[];
}

/**
 * One sweep of one repository, in its lane. Throws when the mirror or GitHub's lists cannot be read; the next sweep
 * makes good for it. When GitHub wants no more requests halfway, it ends there.
 */
export async function sweepRepository(workspace: Workspace, ports: Ports): Promise<SweepReport> {
  const before = (await workspace.manifests.head()).commit;
  await bringUpToDate(workspace, ports);
  const behind = (await workspace.manifests.head()).commit !== before;
  const since = ports.clock() - longestWindow(workspace);
  const pulls = await ports.forge.rollbackPulls(workspace.repository, since);
  const branches = await ports.forge.rollbackBranches(workspace.repository);
  const tally: Tally = {
    settled: [],
    recalled: [],
    reopened: [],
    continued: [],
    tidied: [],
    repaired: [],
    advanced: [],
    left: [],
    failed: [],
  };
  const goOn = (branch: string, work: () => Promise<void>) =>
    attempt(workspace, ports, tally, branch, work);

  for (const action of planSweep(workspace, { pulls, branches })) {
    const over = await goOn(action.branch, () => perform(workspace, ports, action, tally));
    if (over) return { behind, ...tally };
  }
  if (await goOn(DRILL_PREFIX, () => sweepDrills(workspace, ports, { pulls, branches }))) {
    return { behind, ...tally };
  }
  for (const pull of pulls) {
    if (pull.state !== 'merged') continue;
    const over = await goOn(pull.branch, async () => {
      if (await checkMerged(workspace, ports, pull)) tally.repaired.push(pull.branch);
    });
    if (over) break;
  }
  await sweepRecoveries(
    workspace,
    ports,
    pulls.filter(({ state }) => state === 'merged'),
  );
  return { behind, ...tally };
}

async function perform(
  workspace: Workspace,
  ports: Ports,
  action: SweepAction,
  tally: Tally,
): Promise<void> {
  const { branch } = action;
  switch (action.do) {
    case 'settle':
      await advanceRollback(workspace, ports, branch, action.pull);
      tally.settled.push(branch);
      return;
    case 'correct': {
      const past = workspace.past.get(branch);
      const { state, mergedAt } = action.pull;
      if (!past || state === 'open') return;
      workspace.past.set(branch, {
        ...past,
        state: state === 'merged' ? 'merged' : 'closed-by-person',
        ...(mergedAt !== undefined && { mergedAt }),
      });
      tally.settled.push(branch);
      return;
    }
    case 'look':
      await advanceRollback(workspace, ports, branch);
      (workspace.open.has(branch) ? tally.advanced : tally.settled).push(branch);
      return;
    case 'reopen':
      // When exactly is not known: approvals from before this moment do not count.
      await recallReopened(workspace, ports, action.number, ports.clock());
      if (!workspace.open.has(branch)) return;
      await advanceRollback(workspace, ports, branch);
      tally.reopened.push(branch);
      return;
    case 'recall':
      if (isAtWork(workspace, ports, action.pull)) {
        tally.left.push({ branch, why: 'alert-fires' });
        return;
      }
      await recallRollback(workspace, ports, action.pull);
      await advanceRollback(workspace, ports, branch);
      tally.recalled.push(branch);
      return;
    case 'advance':
      // Its policy may have been broken, and be mended by now.
      if (!workspace.open.has(branch)) await recallLeftOut(workspace, ports);
      // Not with the pull request of the list: an objection may be newer, and is looked for in what is read now.
      await advanceRollback(workspace, ports, branch);
      tally.advanced.push(branch);
      return;
    case 'continue': {
      const came = await continueBranch(workspace, ports, action.from);
      if (came === 'continued') tally.continued.push(branch);
      else tally.left.push({ branch, why: came });
      return;
    }
    case 'tidy':
      tally[await tidy(workspace, ports, branch)].push(branch);
  }
}

/** What a sweep recalls needs an approval. The alert that opened it needs none, so it goes first for a while. */
const ALERT_FIRST = 10 * MINUTE;

/** Whether the alert that opened a pull request goes on with it: its answer got lost, say, and it tries again. */
function isAtWork(workspace: Workspace, ports: Ports, pull: PullRequest): boolean {
  const incident = incidentOf(pull.branch);
  return (
    pull.state === 'open' &&
    ports.clock() - pull.createdAt < ALERT_FIRST &&
    incident !== undefined &&
    alertFires(workspace, incident.target)
  );
}

/** Told already when it could not be deleted at the time, so not told again with every sweep. */
async function tidy(
  { repository }: Workspace,
  { forge }: Ports,
  branch: string,
): Promise<'tidied' | 'failed'> {
  try {
    await forge.deleteBranch(repository, branch);
    return 'tidied';
  } catch (error) {
    if (isPassing(error)) throw error;
    return 'failed';
  }
}

/** Answers whether the sweep is over, because GitHub wants to be left alone. */
async function attempt(
  workspace: Workspace,
  ports: Ports,
  tally: Tally,
  branch: string,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    const incident = incidentOf(branch);
    const about = incident ? targetKey(incident.target) : branch;
    tally.failed.push(branch);
    ports.journal.write({
      kind: 'failed',
      at: ports.clock(),
      repository: fullName(workspace.repository),
      incident: branch,
      sentence: failureSentence(`Looking after a rollback of ${about}`, error),
      error,
    });
    return isPassing(error);
  }
}
