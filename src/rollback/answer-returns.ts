/**
 * Quarantined versions that came back past the check: by image automation, an administrator's push, a merge in spite
 * of the check.
 *
 * The races: the push is told twice, or its delivery is lost; a process dies after it opened the pull request; the
 * automation does it again at once.
 *
 * What must hold: each return is answered once, as the policy says. Once one was answered, a further return of the same
 * is told to people and nothing more, so that Lastgood and an automation never undo each other in turns.
 *
 * How: the identity of a return is its release, so its branch is that of the incident, and GitHub is the memory. It
 * goes the way of an alert that nobody can send; that alert ends when its release does. Every look is at git alone.
 */
import type { TargetPolicy } from '../policy/policy.ts';
import { readRunning } from '../releases/read-releases.ts';
import type { Oid } from '../releases/release.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { decisionSentence } from '../texts/reasons.ts';
import { DAY } from '../time.ts';
import { alertKey } from './alert-key.ts';
import { branchOf } from './branch.ts';
import { findReturn, wasAnswered } from './find-return.ts';
import { judgeAlert, respondToAlerts } from './respond-to-alert.ts';
import { returnedAlert, returnedWith } from './returned-alert.ts';
import { fullName, type Ports, type Workspace } from './workspace.ts';

/** What came back longer ago than this was seen by people, or is what they want by now. */
const OLDEST = DAY;

/** The releases that were looked at, so that a push that changes nothing about a target costs nothing. */
interface Seen {
  head?: Oid;
  readonly releases: Map<TargetKey, Oid>;
}
const seen = new WeakMap<Workspace, Seen>();

/** Looks whether the default branch brought a quarantined version back, and answers what is new. */
export async function answerReturns(workspace: Workspace, ports: Ports): Promise<void> {
  const known: Seen = seen.get(workspace) ?? { releases: new Map() };
  seen.set(workspace, known);
  const { commit: head } = await workspace.manifests.head();
  if (known.head === head) return;
  for (const policy of workspace.policies.set.targets) {
    const key = targetKey(policy.target);
    const running = await readRunning(workspace.manifests, policy.pins, head);
    if (known.releases.get(key) === running.commit) continue;
    endOthers(workspace, policy, running.commit);
    if (ports.clock() - running.at < OLDEST) await answerOne(workspace, ports, policy, head);
    known.releases.set(key, running.commit);
  }
  known.head = head;
}

/** A return is over once its release is. */
function endOthers(workspace: Workspace, { target }: TargetPolicy, running: Oid): void {
  for (const [key, { alert }] of workspace.evidence) {
    const commit = returnedWith(alert);
    if (commit === undefined || commit === running) continue;
    if (alert.model !== target.model || alert.environment !== target.environment) continue;
    workspace.evidence.delete(key);
    workspace.evidenceSeen += 1;
  }
}

async function answerOne(
  workspace: Workspace,
  ports: Ports,
  policy: TargetPolicy,
  head: Oid,
): Promise<void> {
  const { manifests, past } = workspace;
  const { target } = policy;
  // Where somebody else than Lastgood wrote it, it holds no reland but those that Lastgood itself wrote before.
  const { state } = workspace.state;
  const returned = await findReturn(manifests, policy, state, head);
  if (!returned) return;
  const { commit } = returned.release;
  const incident = branchOf({ target, badCommit: commit });
  if (past.has(incident)) return;
  const incidents = [...past.values()].filter((one) => one.target === targetKey(target));
  const again = await wasAnswered(
    manifests,
    policy,
    state,
    returned,
    incidents.map(({ badCommit }) => badCommit),
  );
  const alert = returnedAlert(policy, returned, { again, now: ports.clock() });
  const key = alertKey(alert);
  if (workspace.evidence.has(key)) return;
  await respondToAlerts(workspace, ports, [alert]);
  const evidence = workspace.evidence.get(key);
  // A pull request calls people by itself.
  if (!evidence || past.has(incident)) return;
  const { decision } = await judgeAlert(workspace, ports, evidence);
  const context = { alert, target: targetKey(target) };
  await ports.page({
    key: `returned ${incident}`,
    repository: fullName(workspace.repository),
    incident,
    severity: alert.severity,
    sentence: `${decisionSentence(decision, context)} ${alert.summary ?? ''}`,
  });
}
