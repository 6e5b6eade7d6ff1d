/**
 * Follows a merged rollback until its incident is over. Whatever happens leads to one function, which reads what is
 * true now, asks the pure `nextPhase`, and tells what that says happened. What is known is stored with the turn's
 * acknowledgement, so a process that dies does the same look again; a page has the same key then, and reaches people
 * once.
 */
import { readRunning } from '../releases/read-releases.ts';
import type { Oid } from '../releases/release.ts';
import { alertKey } from '../rollback/alert-key.ts';
import { insist } from '../rollback/insist.ts';
import { runs } from '../rollback/next-step.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { targetKey } from '../target.ts';
import { askMetrics } from './ask-metrics.ts';
import { askRollOut } from './ask-roll-out.ts';
import { evidenceFor } from './evidence-for.ts';
import { judgeSigns, signOfAlert } from './judge-signs.ts';
import { withAnswers, type Answers } from './measured.ts';
import { endMetricAlert } from './metric-alert.ts';
import { countsFrom, nextPhase } from './next-phase.ts';
import { samplesOf } from './recorded-samples.ts';
import { recordedAway } from './recorded.ts';
import type { Recovery } from './recovery.ts';
import { signsOfReadings, unansweredBy } from './sign-of-reading.ts';
import { tellHappened } from './tell-recovery.ts';

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
  const before = others ? known : await askMetrics(workspace, ports, known, policy, running);
  const rollOut = await askRollOut(
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
    await tellHappened(workspace, ports, recovery, verify, one, rollOut.others, samples);
  }
  if (happened.length > 0) ports.later({ kind: 'recovery-status', branch, attempts: 1 }, now);
  if (lookAt !== undefined) ports.later({ kind: 'recovery', branch, attempts: 1 }, lookAt);
}
