/**
 * The time that people have to decide about a rollback.
 *
 * The races: the process dies after people were called and before that is stored; the database is lost; somebody decides
 * at the very moment; the clock of a wait that ended goes off.
 *
 * What must hold: each wait is reminded of at its pace and called about once, whatever dies; nobody is told of a wait
 * that is over.
 *
 * How: a wait is named by when it began, which its check says as well. What is due is set for later in the same
 * transaction that notes it, and whoever does it looks first whether the pull request shows it.
 */
import type { ApprovalState } from '../approval/approval.ts';
import { missingFrom } from '../approval/missing-from.ts';
import { MOST_REMINDERS, timeLeft, type Waited } from '../approval/waited.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import {
  calledBody,
  calledSentence,
  nextSentence,
  reminderBody,
  waitedMark,
  type Quiet,
} from '../texts/waited.ts';
import type { Instant } from '../time.ts';
import type { Due } from './due.ts';
import { insist } from './insist.ts';
import type { NotUnanswered } from './next-step.ts';
import { hasSaid } from './has-said.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/** A wait as it stands now. */
export interface Waiting {
  readonly head: string;
  readonly policy: Pick<TargetPolicy, 'approvals'>;
  readonly approval: ApprovalState;
  /** What it waits for, as its text says it. */
  readonly waits: string;
  readonly quiet?: Quiet;
  readonly whyNot?: NotUnanswered;
  /** When the limits may let it be merged without an approval. */
  readonly recheckAt?: Instant;
}

/**
 * Notes how long a rollback has waited for people, has those reminded or called who are due, and says what happens next
 * if nobody does anything.
 */
export function keepTime(
  { open }: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  waiting: Waiting,
): { readonly rollback: OpenRollback; readonly next: string } {
  const { policy, quiet, whyNot, head } = waiting;
  const { approvals } = policy;
  const now = ports.clock();
  const known = rollback.waited;
  const before: Waited =
    known?.head === head ? known : { head, since: now, reminded: 0, called: false };
  const left = timeLeft(before, approvals, now);
  const after = quiet === undefined ? tellThose(ports, rollback, waiting, before) : before;
  const wakes = [left.next, left.timeUp ? waiting.recheckAt : undefined].filter(
    (at) => at !== undefined,
  );
  const wakesAt = wakes.length > 0 ? Math.min(...wakes) : undefined;
  if (wakesAt !== undefined && wakesAt !== before.wakesAt) {
    ports.later({ kind: 'time', branch: rollback.branch, attempts: 1 }, wakesAt);
  }
  const { wakesAt: _, ...rest } = after;
  const waited: Waited = { ...rest, ...(wakesAt !== undefined && { wakesAt }) };
  const timed = { ...rollback, waited };
  open.set(rollback.branch, timed);
  const next = nextSentence({
    approvals,
    timeUpAt: left.timeUpAt,
    timeUp: left.timeUp,
    reminds: left.reminder < MOST_REMINDERS,
    ...(quiet && { quiet }),
    ...(whyNot && { whyNot }),
  });
  return { rollback: timed, next };
}

/** The rollback without the time of a wait that people could not have ended, or that is over. */
export function stopTime({ open }: Workspace, rollback: OpenRollback): OpenRollback {
  if (!rollback.waited) return rollback;
  const { waited: _, ...rest } = rollback;
  open.set(rollback.branch, rest);
  return rest;
}

/** Sets for now that those are reminded or called who are due; answers the wait with that noted. */
function tellThose(
  ports: Ports,
  { branch, number, url, plan, evidence }: OpenRollback,
  { policy: { approvals }, approval, waits }: Waiting,
  waited: Waited,
): Waited {
  const now = ports.clock();
  const { since } = waited;
  const { reminder, timeUp } = timeLeft(waited, approvals, now);
  const missing = missingFrom(approvals, approval);
  const facts = { passed: now - since, waits };
  const about = { branch, number, since, attempts: 1 } as const;
  if (timeUp && !waited.called) {
    const call = { ...facts, number, target: targetKey(plan.target), url };
    const due: Due = {
      ...about,
      kind: 'call',
      body: `${waitedMark(since, 'called')}\n${calledBody(missing, facts)}`,
      severity: evidence.alert.severity,
      sentence: calledSentence(call),
    };
    ports.later(due, now);
    // Who is called needs no reminder at the same moment.
    return { ...waited, called: true, reminded: reminder };
  }
  if (reminder <= waited.reminded) return waited;
  const body = `${waitedMark(since, `reminder ${reminder}`)}\n${reminderBody(missing, facts)}`;
  ports.later({ ...about, kind: 'remind', reminder, body }, now);
  return { ...waited, reminded: reminder };
}

/** Reminds those who are missing of a wait, by a comment that calls them; once. */
export async function remind(
  workspace: Workspace,
  ports: Ports,
  due: Extract<Due, { kind: 'remind' }>,
): Promise<void> {
  const { number, since, reminder, body } = due;
  if (!stillWaits(workspace, due)) return;
  const what = `Reminding of pull request #${number}`;
  await insist(workspace, ports, { due, what }, async () => {
    if (await hasSaid(workspace, ports, number, since, `reminder ${reminder}`)) return;
    await ports.conversation.say(workspace.repository, number, body);
  });
}

/** Calls people about a wait whose time is up, and says so below its pull request; once. */
export async function callAboutWait(
  workspace: Workspace,
  ports: Ports,
  due: Extract<Due, { kind: 'call' }>,
): Promise<void> {
  const { branch, number, since, body, severity, sentence } = due;
  if (!stillWaits(workspace, due)) return;
  const { repository } = workspace;
  const what = `Calling people about pull request #${number}`;
  await insist(workspace, ports, { due, what }, async () => {
    if (await hasSaid(workspace, ports, number, since, 'called')) return;
    await ports.page({
      key: `unanswered ${repository.id} ${number} ${since}`,
      repository: fullName(repository),
      incident: branch,
      severity,
      sentence,
    });
    await ports.conversation.say(repository, number, body);
  });
}

/** Whether a wait is not over yet. */
function stillWaits(
  { open }: Workspace,
  { branch, since }: { readonly branch: string; readonly since: Instant },
): boolean {
  return open.get(branch)?.waited?.since === since;
}
