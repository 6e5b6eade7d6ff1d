/**
 * What is tried after a rollback that was rolled out and did not help: the next rung of the policy's ladder, one at a
 * time, as a rollback of its own from what the one before it brought. Its branch follows from that commit, so taking it
 * twice makes nothing twice; a process that knows nothing finds in git how far the ladder was climbed.
 */
import { decide } from '../decision/decide.ts';
import type { Decision, Evidence } from '../decision/decision.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { findLastGood, type LastGood } from '../releases/last-good.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { Oid } from '../releases/release.ts';
import { branchOf } from '../rollback/branch.ts';
import { goalQuestion } from '../rollback/find-goal.ts';
import { insist } from '../rollback/insist.ts';
import { isLaterRung, planRungs, rungsOf } from '../rollback/ladder.ts';
import { startRollback } from '../rollback/start-rollback.ts';
import { bringUpToDate, policyOf } from '../rollback/up-to-date.ts';
import { watchStorm } from '../rollback/watch-storm.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { restrictionsNow } from '../state/view.ts';
import { targetKey } from '../target.ts';
import { ladderEndSentence, type Tried } from '../texts/ladder.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { evidenceFor } from './follow-recovery.ts';
import { metricEvidence } from './metric-alert.ts';
import { countsFrom } from './next-phase.ts';
import type { Recovery } from './recovery.ts';
import { signsOfReadings } from './sign-of-reading.ts';

/** Takes the rung after the rollback of a branch, if it did not help: its alert still fires, or its metrics say so. */
export async function takeNextRung(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  attempts: number,
): Promise<void> {
  const recovery = workspace.recovering.get(branch);
  if (!recovery) return;
  const doing = {
    due: { kind: 'next-rung', branch, attempts },
    what: `Trying what comes after the rollback #${recovery.number} of ${targetKey(recovery.target)}`,
  } as const;
  await insist(workspace, ports, doing, () => take(workspace, ports, recovery));
}

async function take(workspace: Workspace, ports: Ports, recovery: Recovery): Promise<void> {
  const { target, commit, phase } = recovery;
  await bringUpToDate(workspace, ports);
  const policy = policyOf(workspace, target);
  const evidence = firing(workspace, recovery) ?? measuredIll(workspace, ports, recovery, policy);
  // A ladder of one rung ends with what was told already. What recovered meanwhile needs nothing more.
  if (!policy || policy.ladder.length < 2 || phase === 'over' || !evidence) return;
  const now = ports.clock();
  const { commit: base } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, base);
  // Somebody released something else, or went on by hand.
  if (running.commit !== commit || running.problems.length > 0) return;
  if (workspace.past.has(branchOf({ target, badCommit: commit }))) return;
  const reading = readTrailers(running.body);
  if (!reading.ok) return end(workspace, ports, recovery, [], reading.reason);
  const { record } = reading;
  const tried = await triedUpTo(workspace, policy, record, recovery.number);
  const number = record.rung?.number ?? 1;
  const first = record.rung?.first ?? record.badCommit;
  const found = await goalOf(workspace, policy, base, now, record);
  const rungs = rungsOf(policy, number, first);
  const { selection } = found;
  const { planned, rung } = await planRungs(workspace.manifests, {
    policy,
    base,
    running,
    selection,
    rungs,
  });
  if (!rung) return end(workspace, ports, recovery, tried, 'Nothing more is in the policy.');
  if (!planned.ok) {
    const why = planned.already ? 'What is left of it would change nothing.' : planned.why;
    return end(workspace, ports, recovery, tried, why);
  }
  const asked = record.requestedBy !== undefined;
  const decision = decide({
    now,
    evidence,
    policy: asked ? reviewed(policy) : policy,
    repository: workspace.policies.set.repository,
    restrictions: restrictionsNow(workspace.state, target, now),
    running,
    runningIsRollback: true,
    nextRung: true,
    past: [...workspace.past.values()],
    storm: watchStorm(workspace, ports),
  });
  tell(workspace, ports, recovery, policy, evidence, decision);
  if (decision.act !== 'review' && decision.act !== 'merge') {
    const when = Math.min(decision.recheckAt ?? Infinity, now + policy.verify.within);
    return ports.later({ kind: 'next-rung', branch: recovery.branch, attempts: 1 }, when);
  }
  await startRollback(workspace, ports, {
    policy,
    evidence,
    decision,
    found,
    next: { rung, tried },
  });
}

/** The newest alert of the incident that fires. */
function firing(workspace: Workspace, recovery: Recovery): Evidence | undefined {
  return evidenceFor(workspace, recovery)
    .filter(({ alert }) => alert.status === 'firing')
    .sort((a, b) => b.alert.receivedAt - a.alert.receivedAt)[0];
}

/** That metrics of the policy say so, where no alert does. */
function measuredIll(
  workspace: Workspace,
  ports: Ports,
  recovery: Recovery,
  policy: TargetPolicy | undefined,
): Evidence | undefined {
  if (!policy || policy.ladder.length < 2 || recovery.phase === 'over') return undefined;
  const now = ports.clock();
  const signs = signsOfReadings(recovery, policy.verify, countsFrom(recovery), now);
  const ill = signs.find(({ health }) => health === 'ill');
  return ill && metricEvidence(workspace, recovery, ill.seen, now);
}

/** What a person asked for led here, so people decide about what follows from it. */
function reviewed(policy: TargetPolicy): TargetPolicy {
  const entries = Object.entries(policy.respond).map(([severity, response]) => [
    severity,
    response === 'merge' ? 'review' : response,
  ]);
  return { ...policy, respond: { ...policy.respond, ...Object.fromEntries(entries) } };
}

/** All rungs go back to one release. Without it, only what needs none is left. */
async function goalOf(
  workspace: Workspace,
  policy: TargetPolicy,
  from: Oid,
  now: number,
  { goalCommit }: RollbackRecord,
): Promise<LastGood> {
  const question = goalQuestion(workspace, policy, from, now);
  const found = await findLastGood(workspace.manifests, {
    ...question,
    ...(goalCommit !== undefined && { baseline: { commit: goalCommit } }),
  });
  const { selection } = found;
  if (selection.kind === 'release' && selection.release.commit === goalCommit) return found;
  return { ...found, selection: { kind: 'none', passedOver: selection.passedOver } };
}

/** The rollbacks of this ladder up to the one of this record, oldest first, by what git says. */
async function triedUpTo(
  workspace: Workspace,
  policy: TargetPolicy,
  record: RollbackRecord,
  number: number,
): Promise<readonly Tried[]> {
  const tried: Tried[] = [{ number, rung: takenBy(record) }];
  let next = record;
  while (isLaterRung(next) && tried.length < policy.ladder.length) {
    const before = await readRunning(workspace.manifests, policy.pins, next.badCommit);
    const reading = readTrailers(before.body);
    if (!reading.ok) break;
    next = reading.record;
    const branch = branchOf({ target: policy.target, badCommit: next.badCommit });
    const pull = workspace.past.get(branch)?.number;
    tried.push({ ...(pull !== undefined && { number: pull }), rung: takenBy(next) });
  }
  return tried.reverse();
}

/** What a rollback took: without a good release it was the fallback, whatever the rung says. */
function takenBy({ rung, goalCommit }: RollbackRecord): Tried['rung'] {
  return goalCommit === undefined ? 'fallback' : (rung?.rung ?? 'release');
}

function tell(
  workspace: Workspace,
  ports: Ports,
  { branch, target }: Recovery,
  policy: TargetPolicy,
  { alert }: Evidence,
  decision: Decision,
): void {
  ports.journal.write({
    kind: 'decided',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    incident: branch,
    sentence: decisionSentence(decision, { alert, target: targetKey(target) }),
    alert,
    decision,
    target,
    policy: { file: policy.file, commit: workspace.policies.commit },
  });
}

async function end(
  workspace: Workspace,
  ports: Ports,
  { branch, number, commit, target, severity, relapsedAt }: Recovery,
  tried: readonly Tried[],
  why: string,
): Promise<void> {
  const repository = fullName(workspace.repository);
  const sentence = ladderEndSentence(target, tried, why);
  const key = `${workspace.repository.id} ${branch} ladder-ended ${relapsedAt ?? commit}`;
  await ports.page({ key, repository, severity, sentence });
  const entry = { at: ports.clock(), repository, incident: branch, sentence };
  ports.journal.write({ ...entry, kind: 'followed', number, commit, happened: 'ladder-ended' });
}
