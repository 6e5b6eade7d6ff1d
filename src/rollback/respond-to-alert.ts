import type { Alert } from '../alerts/alert.ts';
import { seeAlerts } from './see-alerts.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, DecisionInput, Evidence } from '../decision/decision.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { routeAlert } from '../policy/route-alert.ts';
import type { LastGood } from '../releases/last-good.ts';
import { restrictionsNow } from '../state/view.ts';
import { alertsTell } from '../recovery/follow-recovery.ts';
import { targetKey } from '../target.ts';
import { SECOND } from '../time.ts';
import { flatten } from '../texts/escape.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { advanceRollback } from './advance-rollback.ts';
import { decideUnrouted } from './decide-unrouted.ts';
import { alertKey } from './alert-key.ts';
import { goalQuestion } from './find-goal.ts';
import { branchOf } from './branch.ts';
import { callForDecision } from './call-for-decision.ts';
import { findOnce } from './find-once.ts';
import { forgetOld } from './forget-evidence.ts';
import type { Telling } from './due.ts';
import { hasNextRung } from './ladder.ts';
import { insist, type Doing } from './insist.ts';
import { joinOpen } from './join-open.ts';
import { answeringPolicy, asReturn } from './returned-alert.ts';
import { startRollback } from './start-rollback.ts';
import { bringUpToDate } from './up-to-date.ts';
import { watchStorm } from './watch-storm.ts';
import { withGoal } from './with-goal.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/**
 * Takes alerts all the way: from what they say to an ignored signal, a told person, or a rollback that is opened and,
 * where the policy allows, merged. Notifications of one alert that came together are one decision, by all that was
 * seen. Every decision is in the journal.
 */
export async function respondToAlerts(
  workspace: Workspace,
  ports: Ports,
  alerts: readonly Alert[],
): Promise<void> {
  const keys = seeAlerts(workspace.evidence, alerts);
  workspace.evidenceSeen += 1;
  watchStorm(workspace, ports);
  for (const key of keys) {
    await reconsiderAlert(workspace, ports, key);
  }
  await alertsTell(workspace, ports, keys);
  forgetOld(workspace.evidence, ports.clock());
  workspace.evidenceSeen += 1;
}

/** Decides about an alert by what was seen of it so far. */
export async function reconsiderAlert(
  workspace: Workspace,
  ports: Ports,
  alert: string,
  telling: Telling = 'always',
  attempts = 1,
): Promise<void> {
  const evidence = workspace.evidence.get(alert);
  if (!evidence) return;
  const { name, model } = evidence.alert;
  // Should it resolve before another try, that is told when it does.
  const again =
    telling === 'always' && evidence.alert.status === 'firing' ? 'while-firing' : telling;
  const doing = {
    due: { kind: 'reconsider', alert, telling: again, attempts },
    what: `Answering the alert ${flatten(name)} for ${flatten(model)}`,
  } as const;
  await insist(workspace, ports, doing, () => decideAndAct(workspace, ports, evidence, telling));
}

export interface Judged {
  readonly decision: Decision;
  /** Absent when the alert is nobody's. */
  readonly policy?: TargetPolicy;
  readonly found?: LastGood;
  /** The open rollback that the alert is about, with what the alert changes about it. */
  readonly joined?: OpenRollback;
}

async function decideAndAct(
  workspace: Workspace,
  ports: Ports,
  evidence: Evidence,
  telling: Telling,
): Promise<void> {
  const { alert } = evidence;
  let judged = await judgeAlert(workspace, ports, evidence);
  if (restsOnTheHead(judged.decision) && (await learnsMore(workspace, ports))) {
    judged = await judgeAlert(workspace, ports, evidence);
  }
  const { decision, policy, found, joined } = judged;
  const acts = decision.act === 'merge' || decision.act === 'review';
  if (acts || telling !== 'if-it-acts') {
    const told = tell(workspace, ports, alert, judged);
    await callForDecision(workspace, ports, evidence, decision, told);
  }
  if (!policy || !found) return;
  if (decision.recheckAt !== undefined) {
    const due = { alert: alertKey(alert), telling: 'while-firing', attempts: 1 } as const;
    ports.later({ kind: 'reconsider', ...due }, decision.recheckAt);
  }
  if (joined) {
    const known = workspace.open.get(joined.branch);
    workspace.open.set(joined.branch, joined);
    // One more that says the same changes nothing: a storm must not become as many calls.
    const changes = joined.merges !== known?.merges || joined.alerts.size !== known.alerts.size;
    const first = alert.status !== 'firing' || evidence.firings.length === 1;
    if (!changes && !first) return;
    return advanceRollback(workspace, ports, joined.branch);
  }
  if (decision.act === 'review' || decision.act === 'merge') {
    await startRollback(workspace, ports, { policy, evidence, decision, found });
  }
}

/** The mirror's way to the present, at the given attempt. */
export function fetching({ repository }: Workspace, attempts = 1): Doing {
  return { due: { kind: 'fetch', attempts }, what: `Fetching ${fullName(repository)}` };
}

/** A storm of alerts does not fetch more often. */
const LEARN_AGAIN = 10 * SECOND;

/** Whether a decision not to roll back might be another one if the default branch had moved. */
function restsOnTheHead({ act, reason }: Decision): boolean {
  if (act === 'review' || act === 'merge') return false;
  return !['resolved', 'policy', 'too-few-firings', 'too-young'].includes(reason);
}

/**
 * The delivery that tells of a newer release or policy may have been lost: nothing is left undone on old knowledge.
 * A repository that cannot be reached does not keep the decision from being told.
 */
async function learnsMore(workspace: Workspace, ports: Ports): Promise<boolean> {
  const now = ports.clock();
  const { learntNothing } = workspace;
  if (learntNothing !== undefined && now - learntNothing < LEARN_AGAIN) return false;
  const before = await workspace.manifests.head();
  await insist(workspace, ports, fetching(workspace), () => bringUpToDate(workspace, ports));
  const more = (await workspace.manifests.head()).commit !== before.commit;
  if (more) delete workspace.learntNothing;
  else workspace.learntNothing = now;
  return more;
}

/** What is to be done about an alert now, and why; does nothing yet. */
export async function judgeAlert(
  workspace: Workspace,
  ports: Ports,
  evidence: Evidence,
): Promise<Judged> {
  const routed = routeAlert(evidence.alert, workspace.policies.set);
  if (routed.kind !== 'target') return { decision: decideUnrouted(routed, evidence.alert) };
  const { alert } = evidence;
  const policy = answeringPolicy(routed.policy, alert);
  const now = ports.clock();
  const { commit } = await workspace.manifests.head();
  const question = goalQuestion(workspace, policy, commit, now);
  const found = await findOnce(workspace.manifests, workspace.found, question);
  const input: DecisionInput = {
    now,
    evidence,
    policy,
    repository: workspace.policies.set.repository,
    restrictions: restrictionsNow(workspace.state, policy.target, now),
    running: found.running,
    runningIsRollback: found.runningIsRollback,
    past: [...workspace.past.values()],
    storm: watchStorm(workspace, ports),
  };
  const joined = joinOpen(workspace, input, found.selection);
  if (joined) {
    const { rollback, stronger } = joined;
    return { decision: stronger ?? decide(input), policy, found, joined: rollback };
  }
  const decision = followed(workspace, policy, found, asReturn(decide(input), alert));
  return { decision: withGoal(decision, policy.target, found.selection), policy, found };
}

/** What runs is a rung that is being followed: whether it helps decides about the next one, and no alert before. */
function followed(
  workspace: Workspace,
  policy: TargetPolicy,
  { running }: LastGood,
  decision: Decision,
): Decision {
  if (decision.act !== 'review' && decision.act !== 'merge') return decision;
  const recovery = [...workspace.recovering.values()].find(
    ({ commit, phase }) => commit === running.commit && phase !== 'over',
  );
  if (!recovery || !hasNextRung(policy, running)) return decision;
  return { act: 'record', reason: 'rung-followed', facts: { pull: recovery.number } };
}

function tell(
  workspace: Workspace,
  ports: Ports,
  alert: Alert,
  { decision, policy, found, joined }: Judged,
): { readonly incident: string | undefined; readonly sentence: string } {
  const target = policy?.target;
  const firings = workspace.evidence.get(alertKey(alert))?.firings ?? [];
  const [first] = firings;
  const incident =
    joined?.branch ?? (target && found && branchOf({ target, badCommit: found.running.commit }));
  const sentence = decisionSentence(decision, {
    alert,
    ...(target && { target: targetKey(target) }),
  });
  ports.journal.write({
    kind: 'decided',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    ...(incident !== undefined && { incident }),
    sentence,
    alert,
    decision,
    ...(target && { target }),
    ...(policy && { policy: { file: policy.file, commit: workspace.policies.commit } }),
    ...(first !== undefined && { seen: { firings: firings.length, since: first } }),
    ...(alert.measured && { samples: alert.measured }),
  });
  return { incident, sentence };
}
