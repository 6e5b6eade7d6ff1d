import type { Decision, Evidence } from '../../decision/decision.ts';
import { readTrailers } from '../../journal/read-trailers.ts';
import type { RollbackRecord } from '../../journal/trailers.ts';
import { advanceRollback } from '../../rollback/advance-rollback.ts';
import { branchOf } from '../../rollback/branch.ts';
import { findGoal } from '../../rollback/find-goal.ts';
import { makePlan } from '../../rollback/make-plan.ts';
import { startRollback } from '../../rollback/start-rollback.ts';
import { bringUpToDate, policyOf } from '../../rollback/up-to-date.ts';
import type { Workspace } from '../../rollback/workspace.ts';
import { targetKey } from '../../target.ts';
import { noPlanText } from '../../texts/plan-answer.ts';
import {
  alreadyOpenSentence,
  givenUpBeforeSentence,
  newerReleaseSentence,
  saidNoSentence,
  startedSentence,
} from '../../texts/rollback-answers.ts';
import { noPolicySentence } from '../../texts/status.ts';
import type { Answer, Asking, CarryOut } from '../asking.ts';
import type { CommandOf } from '../command.ts';

export const carryOut: CarryOut<'rollback'> = async (asking, command) => {
  const { workspace, ports, by } = asking;
  const { target, to, now, reason } = command;
  const { manifests } = workspace;
  await bringUpToDate(workspace, ports);
  const policy = policyOf(workspace, target);
  if (!policy) {
    return { outcome: 'refused', text: noPolicySentence(workspace.policies.set, target) };
  }
  const { commit: base } = await manifests.head();
  const found = await findGoal(workspace, policy, base, ports.clock(), to);
  const done = readTrailers(found.running.body);
  if (done.ok && isMine(asking, done.record)) {
    // It merged before the process died, and what runs now is what it brought.
    const { badCommit } = done.record;
    const merged = workspace.past.get(branchOf({ target, badCommit }));
    return { outcome: 'done', text: startedSentence(merged?.number ?? 0, 'merged') };
  }
  if (found.running.at > asking.at) {
    return { outcome: 'refused', text: newerReleaseSentence(target, found.running) };
  }
  const branch = branchOf({ target, badCommit: found.running.commit });
  const past = workspace.past.get(branch);
  const open = workspace.open.get(branch);
  if (past?.state === 'open' || open) {
    const number = past?.number ?? open?.number ?? 0;
    // This very command may have opened it before the process died, and nothing may have been said of it yet.
    if (open && isMine(asking, open.record)) {
      if (open.status === '') await advanceRollback(workspace, ports, branch);
      return answerStarted(workspace, branch);
    }
    return { outcome: 'refused', text: alreadyOpenSentence(number, open?.status) };
  }
  if (past?.state === 'closed-unanswered') {
    return { outcome: 'refused', text: givenUpBeforeSentence(past.number, target) };
  }
  if (past?.state === 'closed-by-person') {
    return { outcome: 'refused', text: saidNoSentence(past.number) };
  }
  const made = await makePlan(manifests, { policy, base, ...found });
  if (!made.ok) return { outcome: 'refused', text: noPlanText(target, made.why) };
  const decision: Decision = {
    act: now ? 'merge' : 'review',
    reason: now ? 'break-glass' : 'requested',
    facts: { by: by.login, why: reason.replace(/[.!?]+$/, '') },
  };
  const request = { by: { login: by.login, id: by.id }, reason, said: asking.said };
  const evidence = evidenceOf(asking, command);
  await startRollback(workspace, ports, { policy, evidence, decision, found, request });
  return answerStarted(workspace, branch);
};

/** How the rollback stands that was asked for. */
function answerStarted({ past, open }: Workspace, branch: string): Answer {
  const started = past.get(branch);
  const rollback = open.get(branch);
  const status = started?.state === 'merged' ? 'merged' : rollback?.status;
  return {
    outcome: 'done',
    text: startedSentence(started?.number ?? rollback?.number ?? 0, status),
  };
}

/** Whether this very command led to a rollback: the process died before it was answered, say. */
function isMine({ by, said }: Asking, record: RollbackRecord): boolean {
  return record.requestedBy?.id === by.id && record.said?.includes(said) === true;
}

/** What somebody asks for, in the form of what is otherwise seen of an alert. */
function evidenceOf({ by, at }: Asking, { target, reason }: CommandOf<'rollback'>): Evidence {
  return {
    alert: {
      source: 'people',
      format: 'generic',
      fingerprint: `${targetKey(target)} ${by.id} ${at}`,
      status: 'firing',
      name: '/rollback',
      model: target.model,
      environment: target.environment,
      severity: 'high',
      startsAt: at,
      receivedAt: at,
      summary: reason,
      labels: {},
    },
    firings: [at],
  };
}
