import { readSquashed, readTrailers } from '../journal/read-trailers.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import { readRunning } from '../releases/read-releases.ts';
import { advanceRollback } from './advance-rollback.ts';
import { branchOf, incidentOf } from './branch.ts';
import { evidenceOf } from './evidence-of-record.ts';
import type { PullRequest } from './forge.ts';
import { runs } from './next-step.ts';
import { planAgain } from './recall-rollbacks.ts';
import { repairPair } from './repair-pair.ts';
import { policyOf } from './up-to-date.ts';
import type { Ports, Workspace } from './workspace.ts';

/**
 * Looks whether what a merged rollback left standing is what it was to leave, and brings the pair back whole where
 * it is not: whoever merged it may have died before looking. Asks GitHub nothing while all is well, because the
 * merge commit itself says what was planned. Answers whether a repair was begun.
 */
export async function checkMerged(
  workspace: Workspace,
  ports: Ports,
  pull: PullRequest,
  attempts = 1,
): Promise<boolean> {
  const incident = incidentOf(pull.branch);
  const policy = incident && policyOf(workspace, incident.target);
  if (!policy || pull.mergeCommit === undefined) return false;
  const { commit } = await workspace.manifests.head();
  const running = await readRunning(workspace.manifests, policy.pins, commit);
  if (running.commit !== pull.mergeCommit || running.problems.length > 0) return false;
  const record = recordIn(running.body, pull);
  if (!record || runs(running, record.to)) return false;
  const repair = branchOf({ target: incident.target, badCommit: running.commit });
  if (workspace.past.has(repair)) return false;
  const { planned, selection } = await planAgain(workspace, ports, policy, record);
  if (!planned.ok) return false;
  const rollback = {
    branch: pull.branch,
    own: pull.own,
    badCommit: incident.badCommit,
    plan: planned.plan,
    record,
    number: pull.number,
    url: pull.url,
    verifiedHead: pull.head,
    selection,
    evidence: evidenceOf(record),
    merges: 'no',
    alerts: new Set<string>(),
    headSince: { head: pull.head, at: pull.createdAt },
    votes: [],
    status: '',
    attempts: 0,
  } as const;
  const by =
    record.mode === 'automatic'
      ? record.unansweredFor === undefined
        ? 'policy'
        : 'timeout'
      : (record.approvedBy ?? []).length > 0
        ? 'approval'
        : 'person';
  const merged = { commit: running.commit, at: pull.mergedAt ?? ports.clock(), by } as const;
  await repairPair(workspace, ports, rollback, merged, running, advanceRollback, attempts);
  return true;
}

/**
 * What a merge commit says of the rollback that it carries. A person may have squashed it with what was pushed on top; what
 * stands in such a message everybody who pushes can write, so that what comes of it waits for a review.
 */
function recordIn(message: string, pull: PullRequest): RollbackRecord | undefined {
  const own = readTrailers(message);
  if (own.ok) return own.record;
  const squashed = readSquashed(message);
  if (!squashed.ok || !pull.own) return undefined;
  const { approvedBy: _, unansweredFor: __, ...record } = squashed.record;
  const { badCommit } = incidentOf(pull.branch) ?? {};
  return record.badCommit === badCommit ? { ...record, mode: 'reviewed' } : undefined;
}
