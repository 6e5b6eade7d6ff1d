/**
 * What is tried after a rollback that was rolled out and did not help: the next rung of the policy's ladder, one at a
 * time, as a rollback of its own from what the one before it brought. Its branch follows from that commit, so taking it
 * twice makes nothing twice; a process that knows nothing finds in git how far the ladder was climbed.
 */
import type { Evidence } from '../decision/decision.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { findLastGood, type LastGood } from '../releases/last-good.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { Oid } from '../releases/release.ts';
import { branchOf } from '../rollback/branch.ts';
import { goalQuestion } from '../rollback/find-goal.ts';
import { insist } from '../rollback/insist.ts';
import { isLaterRung, planRungs, rungsOf, triesMore } from '../rollback/ladder.ts';
import type { MadePlan } from '../rollback/make-plan.ts';
import { startRollback } from '../rollback/start-rollback.ts';
import { bringUpToDate, policyOf } from '../rollback/up-to-date.ts';
import { fullName, type Ports, type Workspace } from '../rollback/workspace.ts';
import { targetKey } from '../target.ts';
import { ladderEndSentence, type Tried } from '../texts/ladder.ts';
import { decideLater, decideNext, tellNext, type Next } from './decide-next.ts';
import { evidenceFor } from './evidence-for.ts';
import { tryLastResort } from './last-resort.ts';
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
  if (!policy || !triesMore(policy) || phase === 'over' || !evidence) return;
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
  const next: Next = { recovery, policy, evidence, record, running };
  if (!rung || !planned.ok) {
    const nothing = planned.ok || !rung ? 'Nothing more is in the policy.' : whyNot(planned);
    if (!policy.retrain?.lastRung) return end(workspace, ports, recovery, tried, nothing);
    const { event } = policy.retrain;
    const last = await tryLastResort(workspace, ports, next, event, selection, tried);
    if (last.kind === 'ended') await end(workspace, ports, recovery, tried, last.why);
    return;
  }
  const decision = decideNext(workspace, ports, next);
  tellNext(workspace, ports, next, decision);
  if (decision.act !== 'review' && decision.act !== 'merge') {
    return decideLater(ports, next, decision);
  }
  await startRollback(workspace, ports, {
    policy,
    evidence,
    decision,
    found,
    next: { rung, tried },
  });
}

function whyNot(planned: Exclude<MadePlan, { readonly ok: true }>): string {
  return planned.already ? 'What is left of it would change nothing.' : planned.why;
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
  if (!policy || !triesMore(policy) || recovery.phase === 'over') return undefined;
  const now = ports.clock();
  const signs = signsOfReadings(recovery, policy.verify, countsFrom(recovery), now);
  const ill = signs.find(({ health }) => health === 'ill');
  return ill && metricEvidence(workspace, recovery, ill.seen, now);
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
