import type { Alert } from '../alerts/alert.ts';
import { seeAlert } from '../alerts/evidence.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, DecisionInput, Evidence } from '../decision/decision.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { routeAlert } from '../policy/route-alert.ts';
import { findLastGood, type LastGood } from '../releases/last-good.ts';
import { targetKey, type Target } from '../target.ts';
import { SECOND } from '../time.ts';
import { flatten } from '../texts/escape.ts';
import { noGoalSentence } from '../texts/passed-over.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { advanceRollback } from './advance-rollback.ts';
import { decideUnrouted } from './decide-unrouted.ts';
import { alertKey } from './alert-key.ts';
import { forgetOld } from './forget-evidence.ts';
import { insist, type Doing } from './insist.ts';
import { joinOpen } from './join-open.ts';
import { startRollback } from './start-rollback.ts';
import { bringUpToDate } from './up-to-date.ts';
import { watchStorm } from './watch-storm.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/**
 * Takes alerts all the way: from what they say to an ignored signal, a told person, or a rollback that is opened and,
 * where the policy allows, merged. Notifications of one alert that came together are one decision, by all that was
 * seen. Every decision is in the journal. Never throws.
 */
export async function respondToAlerts(
  workspace: Workspace,
  ports: Ports,
  alerts: readonly Alert[],
): Promise<void> {
  const newest = new Map<string, Alert>();
  for (const alert of alerts) {
    const key = alertKey(alert);
    workspace.evidence.set(key, seeAlert(workspace.evidence.get(key), alert));
    newest.set(key, alert);
  }
  workspace.evidenceSeen += 1;
  watchStorm(workspace, ports, advanceRollback);
  for (const alert of newest.values()) await reconsiderAlert(workspace, ports, alert);
  forgetOld(workspace.evidence, ports.clock());
  workspace.evidenceSeen += 1;
}

/** Decides about an alert by what was seen of it so far. `if-it-acts`: what changes nothing was told before. Never throws. */
export async function reconsiderAlert(
  workspace: Workspace,
  ports: Ports,
  alert: Alert,
  telling: 'always' | 'if-it-acts' = 'always',
): Promise<void> {
  const key = alertKey(alert);
  let again = false;
  await insist(workspace, ports, doingAbout(alert), async (current) => {
    const evidence = current.evidence.get(key);
    // By the time of another try the alert may be over, and that was told then.
    const over = again && evidence?.alert.status === 'resolved';
    again = true;
    if (evidence && !over) await decideAndAct(current, ports, evidence, telling);
  });
}

function doingAbout(alert: Alert): Doing {
  return {
    name: `alert ${alertKey(alert)}`,
    what: `Answering the alert ${flatten(alert.name)} for ${flatten(alert.model)}`,
  };
}

interface Judged {
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
  telling: 'always' | 'if-it-acts' = 'always',
): Promise<void> {
  const { alert } = evidence;
  let judged = await judge(workspace, ports, evidence);
  if (restsOnTheHead(judged.decision) && (await learnsMore(workspace, ports))) {
    judged = await judge(workspace, ports, evidence);
  }
  const { decision, policy, found, joined } = judged;
  const acts = decision.act === 'merge' || decision.act === 'review';
  if (acts || telling === 'always') tell(workspace, ports, alert, decision, policy?.target);
  if (!policy || !found) return;
  if (decision.recheckAt !== undefined) {
    const doing = doingAbout(alert);
    ports.later(workspace.repository, doing.name, decision.recheckAt, (later) =>
      insist(later, ports, doing, async (current) => {
        const now = current.evidence.get(alertKey(alert));
        // What resolved meanwhile was told when it did.
        if (now?.alert.status === 'firing') await decideAndAct(current, ports, now);
      }),
    );
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
  await insist(
    workspace,
    ports,
    { name: 'fetch', what: `Fetching ${fullName(workspace.repository)}` },
    (current) => bringUpToDate(current, ports),
  );
  const more = (await workspace.manifests.head()).commit !== before.commit;
  if (more) delete workspace.learntNothing;
  else workspace.learntNothing = now;
  return more;
}

async function judge(workspace: Workspace, ports: Ports, evidence: Evidence): Promise<Judged> {
  const routed = routeAlert(evidence.alert, workspace.policies.set);
  if (routed.kind !== 'target') return { decision: decideUnrouted(routed, evidence.alert) };
  const { policy } = routed;
  const now = ports.clock();
  const { commit } = await workspace.manifests.head();
  const found = await findLastGood(workspace.manifests, { policy, from: commit, now });
  const input: DecisionInput = {
    now,
    evidence,
    policy,
    repository: workspace.policies.set.repository,
    running: found.running,
    runningIsRollback: found.runningIsRollback,
    past: [...workspace.past.values()],
    storm: watchStorm(workspace, ports, advanceRollback),
  };
  const joined = joinOpen(workspace, input, found.selection);
  if (joined) {
    const { rollback, stronger } = joined;
    return { decision: stronger ?? decide(input), policy, found, joined: rollback };
  }
  return { decision: withGoal(decide(input), policy.target, found), policy, found };
}

/** A rollback needs somewhere to go; without it people are told, whatever the policy says. */
function withGoal(decision: Decision, target: Target, { selection }: LastGood): Decision {
  const acts = decision.act === 'review' || decision.act === 'merge';
  if (!acts || selection.kind !== 'none') return decision;
  const why = noGoalSentence(selection.passedOver);
  return { act: 'notify', reason: 'no-goal', facts: { target: targetKey(target), why } };
}

function tell(
  workspace: Workspace,
  ports: Ports,
  alert: Alert,
  decision: Decision,
  target?: Target,
): void {
  ports.journal.write({
    kind: 'decided',
    at: ports.clock(),
    repository: fullName(workspace.repository),
    sentence: decisionSentence(decision, { alert, ...(target && { target: targetKey(target) }) }),
    alert,
    decision,
    ...(target && { target }),
  });
}
