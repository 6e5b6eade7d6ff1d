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
import { NOBODY_ASKED, type ApprovalState } from '../approval/approval.ts';
import { judgeOpenLater } from '../check/judge-open.ts';
import { blobOid } from '../releases/blob-oid.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import { withLogFacts } from '../log-facts.ts';
import { readRunning } from '../releases/read-releases.ts';
import { keepsBack } from '../state/look-up.ts';
import type { Release } from '../releases/release.ts';
import { restrictionsNow } from '../state/view.ts';
import { targetKey } from '../target.ts';
import { timeLeft } from '../approval/waited.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { givenUpSentence, type Quiet } from '../texts/waited.ts';
import { approvalSentence } from '../texts/approval.ts';
import { waitingSentence } from '../texts/waiting.ts';
import { mergeSentence } from '../texts/merge.ts';
import { CLOSED_BY_PERSON, mergedStatus } from '../texts/outcome.ts';
import { SECOND, type Milliseconds } from '../time.ts';
import { owesReview } from './ask-afterwards.ts';
import { closeRollback, finishClosing, tidyLater } from './close-rollback.ts';
import { countApprovals } from './count-approvals.ts';
import type { PullRequest } from './forge.ts';
import { backOff, insist } from './insist.ts';
import { mergeRollback } from './merge-rollback.ts';
import { keepTime, stopTime } from './keep-time.ts';
import {
  isObjectedTo,
  isTimed,
  mergesItself,
  nextStep,
  whyNotUnanswered,
  type StepInput,
} from './next-step.ts';
import { renewRollback } from './renew-rollback.ts';
import { repairPair } from './repair-pair.ts';
import { readLicense, readUnansweredLicense, type License } from './read-license.ts';
import { giveUp, settleGivenUp } from './give-up.ts';
import { how, settleClosed, settleMerged, type Merged } from './settle-rollback.ts';
import { tellOutcomeLater } from './tell-outcome.ts';
import { tellStatus } from './tell-status.ts';
import { bringUpToDate, policyOf } from './up-to-date.ts';
import { watchStorm } from './watch-storm.ts';
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

/** Nothing goes back to what was quarantined since it was planned, whoever approves it. */
function isGoalQuarantined({ state: { state } }: Workspace, { plan }: OpenRollback): boolean {
  const { target, goal } = plan;
  const commit = goal.kind === 'release' ? goal.commit : undefined;
  return keepsBack(state, target, goal.versions, commit) !== undefined;
}

const CONFLICTS = mergeSentence({ kind: 'conflict' });

async function takeStep(
  workspace: Workspace,
  ports: Ports,
  known: OpenRollback,
  pull: PullRequest,
  isNew: boolean,
): Promise<void> {
  if (pull.state !== 'open') return settle(workspace, ports, known, pull);
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
  const { commit } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, commit);
  const { merges } = rollback;
  const firing = isFiring(workspace, rollback);
  const { licensed, recheckAt } = readLicense(workspace, ports, rollback, policy, running);
  const storm = watchStorm(workspace, ports) !== undefined;
  const restrictions = restrictionsNow(workspace.state, policy.target, ports.clock());
  const stopped = Object.keys(restrictions).length > 0 || isGoalQuarantined(workspace, rollback);
  // Nobody can have reviewed what was opened just now.
  const approval: ApprovalState =
    isNew && !stopped && mergesItself({ merges, firing, licensed, storm })
      ? NOBODY_ASKED
      : await countApprovals(workspace, ports, policy, pull, rollback);
  const unanswered = readUnanswered(workspace, ports, rollback, policy, running);
  const input: StepInput = {
    pull,
    badCommit: rollback.badCommit,
    bad: rollback.plan.bad.versions,
    verifiedHead: rollback.verifiedHead,
    plannedOn: rollback.plan.base,
    newest: commit,
    merges,
    defaultBranch: workspace.repository.defaultBranch,
    running,
    goal: rollback.plan.goal.versions,
    restrictions,
    goalQuarantined: isGoalQuarantined(workspace, rollback),
    firing,
    licensed,
    storm,
    approvals: policy.approvals,
    approval,
    timeUp: isTimeUp(ports, rollback, policy, pull),
    unansweredLicensed: unanswered.licensed,
  };
  const step = nextStep(input);
  switch (step.do) {
    case 'settle':
      return settle(workspace, ports, rollback, pull);
    case 'close':
      return closeRollback(workspace, ports, rollback, pull, running, step.already);
    case 'wait': {
      if (step.for === 'approval-by-policy' && recheckAt !== undefined) {
        ports.later({ kind: 'advance', branch: rollback.branch, attempts: 1 }, recheckAt);
      }
      await leaveQueue(workspace, ports, pull);
      const waiting = await waitOn(workspace, ports, rollback, pull, approval);
      const approvals = approvalSentence(approval, policy.approvals);
      const waits = waitingSentence(step.for, approvals, restrictions);
      if (!isTimed(step.for)) {
        const untimed = stopTime(workspace, waiting);
        return tellStatus(workspace, ports, untimed, pull, waits, step.for);
      }
      const quiet = whyQuiet(workspace, waiting, input);
      const whyNot = policy.approvals.onTimeout === 'merge' ? whyNotUnanswered(input) : undefined;
      const { rollback: timed, next } = keepTime(workspace, ports, waiting, {
        head: pull.head,
        policy,
        approval,
        waits,
        ...(quiet && { quiet }),
        ...(whyNot && { whyNot }),
        ...(unanswered.recheckAt !== undefined && { recheckAt: unanswered.recheckAt }),
      });
      return tellStatus(workspace, ports, timed, pull, waits, step.for, next);
    }
    case 'give-up':
      return giveUp(workspace, ports, rollback, pull, policy);
    case 'renew':
      return renewRollback(workspace, ports, rollback, pull, CONFLICTS, advanceRollback);
    case 'merge': {
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
      if (merged) await finish(workspace, ports, rollback, pull, merged);
    }
  }
}

/** Takes out of the merge queue what Lastgood put there and may no longer be merged: somebody holds it by now, say. */
async function leaveQueue(
  { repository }: Workspace,
  ports: Ports,
  { number, nodeId, traces }: PullRequest,
): Promise<void> {
  const queue = traces?.queue;
  if (queue?.waits && queue.byApp) await ports.forge.dequeue(repository, { number, nodeId });
}

/** Whether it may be merged without an approval once nobody decided in time; looked for only where the policy asks it. */
function readUnanswered(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  policy: TargetPolicy,
  running: Release,
): License {
  if (policy.approvals.onTimeout !== 'merge') return { licensed: false };
  return readUnansweredLicense(workspace, ports, rollback, policy, running);
}

/** Whether people had as long as the policy gives them to decide about this head. */
function isTimeUp(
  ports: Ports,
  { waited }: OpenRollback,
  { approvals }: TargetPolicy,
  { head }: PullRequest,
): boolean {
  return waited?.head === head && timeLeft(waited, approvals, ports.clock()).timeUp;
}

/** Why nobody is to be told again that a rollback waits, if so. */
function whyQuiet(
  { evidence }: Workspace,
  { alerts }: OpenRollback,
  input: StepInput,
): Quiet | undefined {
  if (isObjectedTo(input)) return 'answered';
  if (input.storm) return 'storm';
  const statuses = [...alerts].map((key) => evidence.get(key)?.alert.status);
  const resolved = statuses.length > 0 && statuses.every((status) => status === 'resolved');
  return resolved ? 'resolved' : undefined;
}

function isFiring(workspace: Workspace, rollback: OpenRollback): boolean {
  return [...rollback.alerts].some(
    (alert) => workspace.evidence.get(alert)?.alert.status === 'firing',
  );
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

/** GitHub moves a branch first, and tells of it in its pull request a moment later (GitHub reality 18). */
function showsFormerHead(rollback: OpenRollback, pull: PullRequest): boolean {
  return pull.head === rollback.formerHead && rollback.attempts < MOST_LOOKS;
}

/**
 * Waits for an event, and looks again by itself where none will come: a look-up of a reviewer that failed, or whether
 * there is a conflict, which GitHub works out without telling (GitHub reality 6).
 */
async function waitOn(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  approval: ApprovalState,
): Promise<OpenRollback> {
  if (approval.notCounted.some(({ why }) => why === 'could-not-verify')) {
    return lookAgain(workspace, ports, rollback, 15 * SECOND);
  }
  const unknown = pull.mergeable === 'unknown' && rollback.attempts < MOST_LOOKS;
  if (unknown && (await hasOtherFiles(workspace, rollback))) {
    return lookAgain(workspace, ports, rollback, SECOND);
  }
  if (rollback.attempts === 0 || pull.mergeable === 'unknown') return rollback;
  const rested = { ...rollback, attempts: 0 };
  workspace.open.set(rollback.branch, rested);
  return rested;
}

/** So often something is looked at again that GitHub is about to work out or to show. */
const MOST_LOOKS = 8;

function lookAgain(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  first: Milliseconds,
): OpenRollback {
  const waiting = { ...rollback, attempts: rollback.attempts + 1 };
  workspace.open.set(rollback.branch, waiting);
  const when = ports.clock() + backOff(first, waiting.attempts);
  ports.later({ kind: 'advance', branch: rollback.branch, attempts: 1 }, when);
  return waiting;
}

/** Whether the default branch has changed a file of the plan since: only then can there be a conflict. */
async function hasOtherFiles({ manifests }: Workspace, { plan }: OpenRollback): Promise<boolean> {
  const { commit } = await manifests.head();
  if (commit === plan.base) return false;
  for (const { path, before } of plan.files) {
    if ((await manifests.fileAt(commit, path))?.blob !== blobOid(before)) return true;
  }
  return false;
}

/** Takes note of how the pull request ended: a person did it, or a process that died right after it. */
async function settle(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
): Promise<void> {
  const byApp = pull.traces?.endedByApp ?? false;
  if (pull.state === 'closed') {
    if (byApp && (await finishClosing(workspace, ports, rollback, pull))) return;
    if (byApp && pull.traces?.unanswered === true) {
      const { target } = rollback.plan;
      const { timeout } = policyOf(workspace, target)?.approvals ?? { timeout: 0 };
      return settleGivenUp(
        workspace,
        ports,
        rollback,
        pull,
        givenUpSentence(targetKey(target), timeout),
      );
    }
    tellOutcomeLater(ports, pull, CLOSED_BY_PERSON);
    return settleClosed(workspace, ports, rollback);
  }
  const commit = pull.mergeCommit ?? (await workspace.manifests.head()).commit;
  const at = pull.mergedAt ?? ports.clock();
  const how = byApp
    ? await allowedBy(workspace, ports, rollback, commit)
    : ({ by: 'person' } as const);
  await finish(workspace, ports, rollback, pull, { commit, at, ...how });
}

/** What allowed Lastgood to merge, by what the merge commit says; a queue's may say nothing, and then the proposal does. */
async function allowedBy(
  { repository }: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  commit: string,
): Promise<Pick<Merged, 'by' | 'record'>> {
  const reading = readTrailers((await ports.forge.commit(repository, commit)).message);
  const record = reading.ok ? reading.record : rollback.record;
  if (record.mode !== 'automatic') return { by: 'approval', record };
  return { by: record.unansweredFor === undefined ? 'policy' : 'timeout', record };
}

/** Settles a merged rollback, and brings the pair back at once where the merge left another one standing. */
async function finish(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  merged: Merged,
): Promise<void> {
  const mixed = await settleMerged(workspace, ports, rollback, merged);
  const status = mergedStatus(merged.commit, how(rollback, merged), mixed !== undefined);
  tellOutcomeLater(ports, pull, status);
  if (mixed) await repairPair(workspace, ports, rollback, merged, mixed, advanceRollback);
  ports.later({ kind: 'quarantine', attempts: 1 }, ports.clock());
  judgeOpenLater(ports, rollback.plan.target);
  const { branch, number, record } = rollback;
  if (!owesReview(rollback, merged)) return tidyLater(ports, branch);
  const brokeGlass = merged.by === 'policy' ? record.requestedBy?.login : undefined;
  const due = { kind: 'review-afterwards', branch, number, attempts: 1 } as const;
  ports.later({ ...due, ...(brokeGlass !== undefined && { brokeGlass }) }, ports.clock());
}
