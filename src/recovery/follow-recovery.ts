/**
 * Follows a merged rollback until its incident is over. Whatever happens leads to one function, which reads what is
 * true now, asks the pure `nextPhase`, and tells what that says happened. What is known is stored with the turn's
 * acknowledgement, so a process that dies does the same look again; a page has the same key then, and reaches people
 * once.
 */
import type { Evidence } from '../decision/decision.ts';
import { routeAlert } from '../policy/route-alert.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { Oid, Release } from '../releases/release.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import type { Samples } from '../journal/samples.ts';
import { alertKey } from '../rollback/alert-key.ts';
import { incidentOf } from '../rollback/branch.ts';
import { evidenceOf } from '../rollback/evidence-of-record.ts';
import type { PullRequest } from '../rollback/forge.ts';
import { insist } from '../rollback/insist.ts';
import { runs } from '../rollback/next-step.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from '../rollback/workspace.ts';
import { targetKey } from '../target.ts';
import { happenedSentence, recoveryStatus } from '../texts/recovery.ts';
import { withStatus } from '../texts/status-section.ts';
import { DAY, type Instant } from '../time.ts';
import { findGood } from './find-good.ts';
import { RECALLED } from './lost-outcome.ts';
import { judgeSigns, signOfAlert } from './judge-signs.ts';
import { askAt, isMeasured, withAnswers, type Answers } from './measured.ts';
import { endMetricAlert } from './metric-alert.ts';
import { countsFrom, nextPhase, type Happened } from './next-phase.ts';
import { samplesOf } from './recorded-samples.ts';
import { recordedAway } from './recorded.ts';
import type { Recovery } from './recovery.ts';
import { questionsOf } from './questions.ts';
import { readRollOut, type RollOut } from './roll-out.ts';
import { servingOf, signsOfReadings, unansweredBy } from './sign-of-reading.ts';

/** Begins to follow a rollback that was merged. Asks nobody anything. */
export function beginRecovery(
  workspace: Workspace,
  ports: Ports,
  rollback: Pick<OpenRollback, 'branch' | 'number' | 'plan' | 'evidence' | 'alerts'>,
  merged: { readonly commit: Oid; readonly at: Instant },
): void {
  const { branch, number, plan, evidence } = rollback;
  if (workspace.recovering.get(branch)?.commit === merged.commit) return;
  const { name, source, severity } = evidence.alert;
  const firing = [...workspace.evidence].filter(
    ([, one]) => one.alert.status === 'firing' && isAbout(workspace, one, plan.target),
  );
  workspace.recovering.set(branch, {
    branch,
    number,
    target: plan.target,
    commit: merged.commit,
    mergedAt: merged.at,
    goal: plan.goal.versions,
    severity,
    alert: { name, source },
    alerts: [...new Set([...rollback.alerts, ...firing.map(([key]) => key)])],
    phase: 'rolling-out',
    told: [],
  });
  const verify = policyOf(workspace, plan.target)?.verify;
  // Until then, what is reported leads to a look.
  const atOnce = verify === undefined || verify.rollOut.by === 'none' || isMeasured(verify);
  const wait = atOnce ? 0 : verify.rollOut.within;
  lookLater(ports, branch, merged.at + wait);
}

/** Whether the owners want anything done about an alert of the target. */
function isAbout(
  { policies }: Workspace,
  { alert }: Evidence,
  target: TargetPolicy['target'],
): boolean {
  const routed = routeAlert(alert, policies.set);
  if (routed.kind !== 'target' || targetKey(routed.policy.target) !== targetKey(target))
    return false;
  const response = routed.policy.respond[alert.severity];
  return response !== 'ignore' && response !== 'record';
}

function lookLater(ports: Ports, branch: string, when: Instant): void {
  ports.later({ kind: 'recovery', branch, attempts: 1 }, when);
}

/** Somebody reported something of a commit: looks at what may be rolled out with it. Asks GitHub about those only. */
export async function reportedOf(workspace: Workspace, ports: Ports, commit: Oid): Promise<void> {
  for (const { branch, commit: merge, phase, rolledOut } of workspace.recovering.values()) {
    if (phase === 'over' || rolledOut || !workspace.manifests.isAfter(commit, merge)) continue;
    await lookAtRecovery(workspace, ports, branch, { after: commit });
  }
}

/** The default branch moved: looks whether somebody released something else. Asks GitHub nothing. */
export async function branchMoved(workspace: Workspace, ports: Ports): Promise<void> {
  for (const branch of workspace.recovering.keys()) {
    await lookAtRecovery(workspace, ports, branch, { asks: false });
  }
}

/** Alerts fired or resolved: looks at the recoveries that they tell of. Asks GitHub nothing. */
export async function alertsTell(
  workspace: Workspace,
  ports: Ports,
  keys: ReadonlySet<string>,
): Promise<void> {
  for (const recovery of workspace.recovering.values()) {
    if (recovery.phase === 'over') continue;
    const told = evidenceFor(workspace, recovery).some((one) => keys.has(alertKey(one.alert)));
    if (told) await lookAtRecovery(workspace, ports, recovery.branch, { asks: false });
  }
}

/** The alerts that an incident is about: those known of it, and later ones of the alert that led to it. */
export function evidenceFor(workspace: Workspace, recovery: Recovery): readonly Evidence[] {
  const { alerts, alert, target } = recovery;
  const known = new Set(alerts);
  return [...workspace.evidence].flatMap(([key, one]) => {
    const same = one.alert.name === alert.name && one.alert.source === alert.source;
    return known.has(key) || (same && isAbout(workspace, one, target)) ? [one] : [];
  });
}

/** How to look: at what was reported of a commit after the merge, of the newest one, or without asking GitHub. */
interface Looking {
  readonly after?: Oid;
  /** Whether GitHub is asked for reports of the roll-out. */
  readonly asks?: boolean;
  readonly attempts?: number;
}

/** Looks at a merged rollback, and does what comes of it. What is over is left alone. */
export async function lookAtRecovery(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  { after, asks = true, attempts = 1 }: Looking = {},
): Promise<void> {
  const recovery = workspace.recovering.get(branch);
  if (!recovery || recovery.phase === 'over') return;
  const doing = {
    due: { kind: 'recovery', branch, attempts },
    what: `Following the rollback #${recovery.number} of ${targetKey(recovery.target)}`,
  } as const;
  await insist(workspace, ports, doing, () => look(workspace, ports, recovery, asks, after));
}

async function look(
  workspace: Workspace,
  ports: Ports,
  known: Recovery,
  asks: boolean,
  after: Oid | undefined,
): Promise<void> {
  const { branch, target, commit } = known;
  const policy = policyOf(workspace, target);
  if (!policy) return;
  const { verify } = policy;
  const head = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, head.commit);
  const others = running.problems.length === 0 && !runs(running, known.goal);
  const before = others ? known : await ask(workspace, ports, known, policy, running);
  const rollOut = await rollOutOf(
    workspace,
    ports,
    before,
    policy,
    asks ? (after ?? head.commit) : undefined,
  );
  const now = ports.clock();
  const { rolledOut, serving } = rollOut;
  const from = countsFrom({ ...before, ...(rolledOut && { rolledOut }) });
  const unanswered = unansweredBy(before, verify, now);
  const signs = [
    ...evidenceFor(workspace, before).map((one) => signOfAlert(one, from)),
    ...signsOfReadings(before, verify, from, now),
  ];
  const { recovery, happened, lookAt } = nextPhase(before, verify, {
    now,
    ...(rolledOut && { rolledOut }),
    ...(rollOut.failed && { rollOutFailed: rollOut.failed }),
    judgement: judgeSigns(signs),
    superseded: others && workspace.manifests.isAfter(head.commit, commit),
    ...(serving !== undefined && { serving }),
    ...(unanswered !== undefined && { unanswered }),
  });
  workspace.recovering.set(branch, happened.length > 0 ? recordedAway(recovery) : recovery);
  if (recovery.phase !== 'verifying' || recovery.illSince === undefined) {
    endMetricAlert(workspace, ports, recovery);
  }
  if (happened.some(({ kind }) => kind === 'not-recovered' || kind === 'relapsed')) {
    ports.later({ kind: 'next-rung', branch, attempts: 1 }, now);
  }
  for (const [i, one] of happened.entries()) {
    const samples = i === 0 ? samplesOf(recovery, verify) : [];
    await tell(workspace, ports, recovery, verify, one, rollOut.others, samples);
  }
  if (happened.length > 0) ports.later({ kind: 'recovery-status', branch, attempts: 1 }, now);
  if (lookAt !== undefined) lookLater(ports, branch, lookAt);
}

/**
 * Has metric servers asked, when it is time, about a rollback that runs; the answers come back as something that is due,
 * because nothing waits for them. Answers what is known of it from then on.
 */
async function ask(
  { manifests, repository }: Workspace,
  ports: Ports,
  known: Recovery,
  { verify, pins }: TargetPolicy,
  running: Release,
): Promise<Recovery> {
  const now = ports.clock();
  if (!isMeasured(verify) || now < askAt(known, verify) || running.commit !== known.commit) {
    return known;
  }
  const compares = verify.metrics.some(({ baseline }) => baseline === 'last-good');
  const good = known.good ?? (compares ? await findGood(manifests, pins, running) : null);
  const asked = { ...known, good, askedAt: now };
  ports.measure(repository, questionsOf(asked, verify, good ?? undefined, now));
  return asked;
}

/** Takes what metric servers answered, and looks at what it says. Asks GitHub nothing. */
export async function readAnswers(
  workspace: Workspace,
  ports: Ports,
  answers: Answers,
): Promise<void> {
  const { branch } = answers;
  const recovery = workspace.recovering.get(branch);
  if (!recovery || recovery.phase === 'over') return;
  workspace.recovering.set(branch, withAnswers(recovery, answers));
  await lookAtRecovery(workspace, ports, branch, { asks: false });
}

/**
 * What is known of the roll-out; GitHub is asked only while nothing is. Where the policy says who knows what is being
 * served, that alone shows it.
 */
async function rollOutOf(
  workspace: Workspace,
  ports: Ports,
  recovery: Recovery,
  { verify }: TargetPolicy,
  after: Oid | undefined,
): Promise<RollOut & { readonly serving?: string }> {
  const { commit, mergedAt, rolledOut, target } = recovery;
  if (rolledOut) return { rolledOut, others: [] };
  const { rollOut } = verify;
  if (verify.served) {
    const { says, rolledOut: served } = servingOf(recovery, verify, ports.clock());
    if (served) return { rolledOut: served, others: [] };
    const asks = rollOut.by !== 'none' && after !== undefined;
    const reports = asks ? await ports.forge.reports(workspace.repository, commit, after) : [];
    const { failed } = readRollOut(reports, rollOut, target, mergedAt);
    return { ...(failed && { failed }), others: [], ...(says !== undefined && { serving: says }) };
  }
  const asks = rollOut.by !== 'none' && after !== undefined;
  const reports = asks ? await ports.forge.reports(workspace.repository, commit, after) : [];
  return readRollOut(reports, rollOut, target, mergedAt);
}

/** Calls for people; everything else is told where the incident is. */
const CALLS: ReadonlySet<Happened['kind']> = new Set([
  'roll-out-failed',
  'roll-out-late',
  'not-recovered',
  'unverified',
  'relapsed',
  'unwatched',
]);

async function tell(
  workspace: Workspace,
  ports: Ports,
  recovery: Recovery,
  verify: TargetPolicy['verify'],
  happened: Happened,
  others: readonly string[],
  samples: readonly Samples[],
): Promise<void> {
  const { branch, number, commit, severity, relapsedAt, recalled } = recovery;
  const repository = fullName(workspace.repository);
  const sentence = happenedSentence(recovery, verify, happened, others);
  // Nobody is woken because the store forgot what there was to see.
  const forgotten = recalled && 'judgement' in happened && happened.judgement.health === 'unknown';
  const calls = CALLS.has(happened.kind) && !forgotten;
  if (calls) {
    const key = `${workspace.repository.id} ${branch} ${happened.kind} ${relapsedAt ?? commit}`;
    await ports.page({ key, repository, incident: branch, severity, sentence });
  }
  const entry = { at: ports.clock(), repository, incident: branch, sentence };
  const since = sinceOf(happened);
  ports.journal.write({
    ...entry,
    kind: 'followed',
    number,
    commit,
    happened: happened.kind,
    ...(since !== undefined && { since }),
    ...(samples.length > 0 && { samples }),
  });
}

/** Since when it is so: it is noticed later. */
function sinceOf(happened: Happened): Instant | undefined {
  if (happened.kind === 'rolled-out') return happened.rolledOut.at;
  return happened.kind === 'recovered' ? happened.at : undefined;
}

/** What is over is remembered for so long, so that it is not taken for one that nobody followed. */
const REMEMBERED = 7 * DAY;

/**
 * Looks after what no event may come of: a report that got lost, and a merged rollback whose recovery the store does not
 * know of. `merged` are those that GitHub lists.
 */
export async function sweepRecoveries(
  workspace: Workspace,
  ports: Ports,
  merged: readonly Pick<PullRequest, 'branch' | 'number' | 'mergeCommit' | 'mergedAt'>[],
): Promise<void> {
  const now = ports.clock();
  for (const pull of merged) await recall(workspace, ports, pull);
  for (const { branch, phase, rolledOut, mergedAt } of workspace.recovering.values()) {
    if (phase === 'over' && now - mergedAt > REMEMBERED) workspace.recovering.delete(branch);
    if (phase !== 'over' && !rolledOut) await lookAtRecovery(workspace, ports, branch);
  }
}

/** Follows a merged rollback that runs, by what its merge commit says of it. */
async function recall(
  workspace: Workspace,
  ports: Ports,
  {
    branch,
    number,
    mergeCommit,
    mergedAt,
  }: Pick<PullRequest, 'branch' | 'number' | 'mergeCommit' | 'mergedAt'>,
): Promise<void> {
  const incident = incidentOf(branch);
  const policy = incident && policyOf(workspace, incident.target);
  if (!policy || mergeCommit === undefined || mergedAt === undefined) return;
  if (workspace.recovering.has(branch) || ports.clock() - mergedAt > RECALLED) return;
  const { commit } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, commit);
  const reading = readTrailers(running.body);
  if (running.commit !== mergeCommit || !reading.ok) return;
  const { record } = reading;
  const { alert } = evidenceOf(record);
  workspace.recovering.set(branch, {
    branch,
    number,
    target: incident.target,
    commit: mergeCommit,
    mergedAt,
    goal: record.to,
    severity: alert.severity,
    alert: { name: alert.name, source: alert.source },
    alerts: [],
    phase: 'rolling-out',
    recalled: true,
    told: [],
  });
}

/** Writes where a merged rollback stands into the text of its pull request. */
export async function tellRecovery(
  workspace: Workspace,
  ports: Ports,
  branch: string,
  attempts: number,
): Promise<void> {
  const recovery = workspace.recovering.get(branch);
  const policy = recovery && policyOf(workspace, recovery.target);
  if (!policy) return;
  const { number } = recovery;
  const doing = {
    due: { kind: 'recovery-status', branch, attempts },
    what: `Writing the state of pull request #${number} into its text`,
  } as const;
  await insist(workspace, ports, doing, async () => {
    const { body } = await ports.forge.pull(workspace.repository, number);
    const wanted = withStatus(body, recoveryStatus(recovery, policy.verify));
    if (wanted !== body) await ports.forge.edit(workspace.repository, number, wanted);
  });
}
