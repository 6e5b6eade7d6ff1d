import type { Alert } from '../alerts/alert.ts';
import type { Evidence } from '../decision/decision.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import { SEVERITIES } from '../policy/policy.ts';
import { findLastGood } from '../releases/last-good.ts';
import { targetKey } from '../target.ts';
import { DAY } from '../time.ts';
import { incidentOf } from './branch.ts';
import { checkDiff } from './check-diff.ts';
import type { PullRequest } from './forge.ts';
import { makePlan } from './make-plan.ts';
import { policyOf } from './up-to-date.ts';
import type { OpenRollback, Ports, Workspace } from './workspace.ts';

/** No head is this one: a rollback whose content could not be verified is never merged by Lastgood. */
const NO_HEAD = '';

/**
 * Reads back from GitHub which rollbacks there were and which are open, so that a restart forgets neither a budget
 * nor a no, and continues what it finds. A rollback found open merges with approvals only: whether its alert still
 * fires is not known.
 */
export async function recallRollbacks(workspace: Workspace, ports: Ports): Promise<void> {
  const since = ports.clock() - longestWindow(workspace);
  for (const pull of await ports.forge.rollbackPulls(workspace.repository, since)) {
    const incident = incidentOf(pull.branch);
    if (!incident || workspace.past.has(pull.branch)) continue;
    workspace.past.set(pull.branch, {
      target: targetKey(incident.target),
      badCommit: incident.badCommit,
      number: pull.number,
      openedAt: pull.createdAt,
      state: pull.state === 'closed' ? 'closed-by-person' : pull.state,
      ...(pull.mergedAt === undefined ? {} : { mergedAt: pull.mergedAt }),
      automatic: (await recordAt(workspace, ports, pull.mergeCommit))?.mode === 'automatic',
    });
    if (pull.state !== 'open') continue;
    const open = await recallOpen(workspace, ports, pull);
    if (open) workspace.open.set(pull.branch, open);
  }
}

async function recallOpen(
  workspace: Workspace,
  ports: Ports,
  pull: PullRequest,
): Promise<OpenRollback | undefined> {
  const incident = incidentOf(pull.branch);
  const record = await recordAt(workspace, ports, pull.head);
  const policy = incident && policyOf(workspace, incident.target);
  if (!record || !policy) return undefined;
  const { manifests, repository } = workspace;
  const { running, selection } = await findLastGood(manifests, {
    policy,
    from: record.base,
    now: ports.clock(),
    ...(record.goalCommit === undefined ? {} : { baseline: { commit: record.goalCommit } }),
  });
  const planned = await makePlan(manifests, { policy, base: record.base, running, selection });
  if (!planned.ok) return undefined;
  const changed = await ports.forge.changedFiles(repository, pull.number);
  const asPlanned = checkDiff(planned.plan, changed).length === 0;
  return {
    branch: pull.branch,
    badCommit: incident.badCommit,
    plan: planned.plan,
    record: { ...record, mode: 'reviewed' },
    number: pull.number,
    url: pull.url,
    verifiedHead: asPlanned ? pull.head : NO_HEAD,
    selection,
    evidence: evidenceOf(record),
    alerts: new Set(),
    status: '',
    attempts: 0,
  };
}

/** What a commit says of the rollback it carries; undefined when it says nothing that can be read. */
async function recordAt(
  workspace: Workspace,
  ports: Ports,
  commit: string | undefined,
): Promise<RollbackRecord | undefined> {
  if (commit === undefined) return undefined;
  const { message } = await ports.forge.commit(workspace.repository, commit);
  const reading = readTrailers(message);
  return reading.ok ? reading.record : undefined;
}

/** What the record keeps of the alert, in the normal form. */
function evidenceOf(record: RollbackRecord): Evidence {
  const { name, source, severity } = record.alert;
  const alert: Alert = {
    source,
    format: 'generic',
    fingerprint: '',
    status: 'firing',
    name,
    model: record.target.model,
    environment: record.target.environment,
    severity: SEVERITIES.find((one) => one === severity) ?? 'low',
    startsAt: record.firstSeen,
    receivedAt: record.firstSeen,
    labels: {},
  };
  return { alert, firings: [record.firstSeen] };
}

/** The longest time that a guard looks back over, and a day at least. */
function longestWindow({ policies: { set } }: Workspace): number {
  return Math.max(
    DAY,
    set.repository.limits.merge.per,
    set.repository.limits.open.per,
    ...set.targets.flatMap(({ limits }) => [limits.merge.per, limits.open.per, limits.cooldown]),
  );
}
