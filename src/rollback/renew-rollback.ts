import { readRunning } from '../releases/read-releases.ts';
import { commitMessage } from '../texts/commit-message.ts';
import { cannotRenewSentence, renewedSentence } from '../texts/renewal.ts';
import { SECOND } from '../time.ts';
import { callPeople } from './call-people.ts';
import type { PullRequest } from './forge.ts';
import { backOff, isPassing } from './insist.ts';
import { makePlan } from './make-plan.ts';
import { isStillBad } from './next-step.ts';
import { readUnsigned } from './read-unsigned.ts';
import { say } from './say.ts';
import { tellStatus } from './tell-status.ts';
import { bringUpToDate, policyOf } from './up-to-date.ts';
import {
  fullName,
  type Advance,
  type OpenRollback,
  type Ports,
  type Workspace,
} from './workspace.ts';

/**
 * Plans an open rollback again on the newest commit of the default branch, for the same goal, and puts that in the
 * place of its branch's commit: what the default branch has changed around the pins made a conflict, or a rule asks for
 * the newest commit. Approvals fall with the old head, as with any push. Only for a branch that stands at the verified
 * head: what a person pushed is never overwritten. A process that dies halfway leaves the old head or the new one, and
 * either says by its trailers what it is.
 *
 * `why` says in the pull request what stood in the way where another plan cannot be made. `advance` goes on.
 */
export async function renewRollback(
  workspace: Workspace,
  ports: Ports,
  rollback: OpenRollback,
  pull: PullRequest,
  why: string,
  advance: Advance,
): Promise<void> {
  const { repository, manifests } = workspace;
  const { branch, number, selection } = rollback;
  await bringUpToDate(workspace, ports);
  const policy = policyOf(workspace, rollback.plan.target);
  if (!policy) return advance(workspace, ports, branch);
  const { commit: base } = await manifests.head();
  const running = await readRunning(manifests, policy.pins, base);
  // What was to be rolled back may be gone by now, and must not be taken for what runs instead.
  if (!isStillBad(running, rollback.badCommit, rollback.plan.bad.versions)) {
    return advance(workspace, ports, branch);
  }
  const made = await makePlan(manifests, { policy, base, running, selection });
  if (!made.ok) {
    return tellStatus(
      workspace,
      ports,
      rollback,
      pull,
      cannotRenewSentence(why, made.why),
      'new-plan',
    );
  }
  const { plan } = made;
  const record = {
    ...rollback.record,
    base,
    from: plan.bad.versions,
    to: plan.goal.versions,
    policy: { file: policy.file, commit: workspace.policies.commit },
  };
  const renewal = {
    branch,
    head: rollback.verifiedHead,
    base,
    commit: commitMessage(plan, record),
    files: plan.files.map(({ path, mode, after }) => ({ path, mode, contents: after })),
  };
  const outcome = await ports.forge.renew(repository, renewal).catch((error: unknown) => {
    ports.signal.throwIfAborted();
    if (isPassing(error)) throw error;
    return { kind: 'refused', message: error instanceof Error ? error.message : '' } as const;
  });
  if (outcome.kind === 'refused') {
    return tellStatus(
      workspace,
      ports,
      rollback,
      pull,
      cannotRenewSentence(why, outcome.message),
      'new-plan',
    );
  }
  if (outcome.kind === 'moved') {
    // Somebody pushed; it shows in the pull request in a moment.
    const waiting = { ...rollback, attempts: rollback.attempts + 1 };
    workspace.open.set(branch, waiting);
    const when = ports.clock() + backOff(SECOND, waiting.attempts);
    return ports.later({ kind: 'advance', branch, attempts: 1 }, when);
  }
  const { unsigned: _, ...rest } = rollback;
  const renewed: OpenRollback = {
    ...rest,
    plan,
    record,
    verifiedHead: outcome.head,
    formerHead: rollback.verifiedHead,
    headSince: { head: outcome.head, at: ports.clock() },
    attempts: 0,
    ...(await readUnsigned(ports, repository, outcome.verified)),
  };
  workspace.open.set(branch, renewed);
  const sentence = renewedSentence(plan);
  ports.journal.write({
    kind: 'renewed',
    at: ports.clock(),
    repository: fullName(repository),
    incident: branch,
    number,
    plan,
    sentence: `Pull request #${number} ${sentence}`,
  });
  await advance(workspace, ports, branch);
  if (!workspace.open.has(branch)) return;
  const body = `This pull request ${sentence}`;
  const what = `Saying in pull request #${number} that it was planned again`;
  await say(workspace, ports, { number, body, what });
  callPeople(ports, renewed, rollback.evidence.alert.severity);
}
