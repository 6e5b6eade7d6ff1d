import type { Decision, Evidence } from '../decision/decision.ts';
import type { RollbackRecord, TakenRung } from '../journal/trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import type { Selection } from '../releases/selection.ts';
import type { Release } from '../releases/release.ts';
import { targetKey } from '../target.ts';
import { commitMessage } from '../texts/commit-message.ts';
import { adoptedSentence } from '../texts/plan.ts';
import type { Tried } from '../texts/ladder.ts';
import { pullRequestBody, pullRequestTitle } from '../texts/pull-request.ts';
import { alertKey } from './alert-key.ts';
import { branchOf } from './branch.ts';
import { isTaken, type Proposal, type PullRequest } from './forge.ts';
import type { Plan } from './plan.ts';
import { readUnsigned } from './read-unsigned.ts';
import { fullName, type OpenRollback, type Ports, type Workspace } from './workspace.ts';

/** A rollback that is decided and planned, ready to be proposed. */
export interface PlannedRollback {
  readonly policy: TargetPolicy;
  readonly evidence: Evidence;
  readonly decision: Decision;
  readonly running: Release;
  readonly selection: Selection;
  readonly plan: Plan;
  /** Who asked for it, and why, where a person did. */
  readonly request?: Request;
  /** Which rung of the ladder it is; absent: the first, which is the whole last good release. */
  readonly rung?: TakenRung;
  /** The rollbacks of the ladder before it, which did not help, by their pull requests, oldest first. */
  readonly tried?: readonly Tried[];
}

export interface Request {
  readonly by: { readonly login: string; readonly id: number };
  readonly reason: string;
  /** The comment it stands in, as in `comment 4711`. */
  readonly said: string;
}

/** What stands in GitHub after proposing: the pull request, and what is remembered of it while it is open. */
export interface Opened {
  readonly pull: PullRequest;
  readonly rollback: OpenRollback;
  readonly adopted: boolean;
}

/**
 * Makes the pull request of a rollback, or takes over the one that is there already.
 * One GitHub request in the usual case; running it twice makes nothing twice.
 */
export async function openRollback(
  workspace: Workspace,
  ports: Ports,
  planned: PlannedRollback,
): Promise<Opened> {
  const { repository } = workspace;
  const { plan, evidence } = planned;
  const now = ports.clock();
  const branch = branchOf({ target: plan.target, badCommit: plan.bad.commit });
  const record = recordOf(planned, workspace.policies.commit, now);
  const proposal = proposalOf(planned, branch, record);
  const { pull, adopted, verified } = await propose(workspace, ports, proposal);
  const rollback: OpenRollback = {
    branch,
    own: pull.own,
    badCommit: plan.bad.commit,
    plan,
    record,
    number: pull.number,
    url: pull.url,
    verifiedHead: pull.head,
    selection: planned.selection,
    evidence,
    merges: mergesItself(planned.decision),
    alerts: new Set([alertKey(evidence.alert)]),
    headSince: { head: pull.head, at: pull.createdAt },
    votes: [],
    status: '',
    attempts: 0,
    ...(await readUnsigned(ports, repository, verified)),
  };
  workspace.past.set(branch, {
    target: targetKey(plan.target),
    badCommit: plan.bad.commit,
    number: pull.number,
    openedAt: pull.createdAt,
    state: 'open',
    automatic: record.mode === 'automatic',
  });
  workspace.open.set(branch, rollback);
  ports.journal.write({
    kind: adopted ? 'adopted' : 'proposed',
    // Not when it was decided: how long proposing took is told apart from how long merging did.
    at: ports.clock(),
    repository: fullName(repository),
    incident: branch,
    sentence: adopted
      ? adoptedSentence(pull.number)
      : `Pull request #${pull.number} opened: ${pull.title}.`,
    plan,
    number: pull.number,
    url: pull.url,
    record,
  });
  return { pull, rollback, adopted };
}

/** A branch that was taken is looked at first, or every notification of an alert would open a pull request and close it. */
async function propose({ repository, taken }: Workspace, ports: Ports, proposal: Proposal) {
  const { branch } = proposal;
  try {
    const proposed = await ports.forge.propose(repository, {
      ...proposal,
      ...(taken.has(branch) && { lookFirst: true }),
    });
    taken.delete(branch);
    return proposed;
  } catch (error) {
    if (isTaken(error)) taken.add(branch);
    throw error;
  }
}

function mergesItself({ act, reason }: Decision): OpenRollback['merges'] {
  if (act !== 'merge') return 'no';
  return reason === 'mixed-pair' || reason === 'break-glass' ? 'always' : 'while-firing';
}

function proposalOf(planned: PlannedRollback, branch: string, record: RollbackRecord): Proposal {
  const { plan } = planned;
  const { headline, body } = commitMessage(plan, record);
  return {
    branch,
    base: plan.base,
    commit: { headline, body },
    files: plan.files.map(({ path, mode, after }) => ({ path, mode, contents: after })),
    title: pullRequestTitle(plan),
    body: pullRequestBody(planned),
  };
}

function recordOf(planned: PlannedRollback, policyCommit: string, now: number): RollbackRecord {
  const { plan, evidence, decision, policy, request, rung } = planned;
  const { alert } = evidence;
  return {
    target: plan.target,
    mode: decision.act === 'merge' ? 'automatic' : 'reviewed',
    badCommit: plan.bad.commit,
    ...(plan.goal.kind === 'release' ? { goalCommit: plan.goal.commit } : {}),
    ...(rung && { rung }),
    base: plan.base,
    from: plan.bad.versions,
    to: plan.goal.versions,
    alert: { name: alert.name, source: alert.source, severity: alert.severity },
    ...(alert.sentBy && { alertBy: { login: alert.sentBy.login, id: alert.sentBy.id } }),
    firstSeen: evidence.firings[0] ?? alert.receivedAt,
    decidedAt: now,
    ...(request && {
      requestedBy: { login: request.by.login, id: request.by.id },
      reason: request.reason,
      said: [request.said],
    }),
    policy: { file: policy.file, commit: policyCommit },
  };
}
