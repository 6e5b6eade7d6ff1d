import type { PastRollback } from '../decision/decision.ts';
import { readTrailers } from '../journal/read-trailers.ts';
import type { RollbackRecord } from '../journal/trailers.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { findLastGood, type LastGood } from '../releases/last-good.ts';
import type { Oid } from '../releases/release.ts';
import { targetKey } from '../target.ts';
import { DAY, type Instant } from '../time.ts';
import { incidentOf } from './branch.ts';
import { checkDiff } from './check-diff.ts';
import { countingPulls } from './counting-pulls.ts';
import { evidenceOf } from './evidence-of-record.ts';
import type { PullRequest } from './forge.ts';
import { makePlan, type MadePlan } from './make-plan.ts';
import { readWaitsSince } from './rollback-check.ts';
import { readVotes } from '../commands/read-votes.ts';
import { readUnsigned } from './read-unsigned.ts';
import { readSuccessor } from './read-successor.ts';
import { adopt, endedRecently, isUnfinished, labelLater } from './unfinished.ts';
import { tellLeftOut } from './tell-left-out.ts';
import { policyOf } from './up-to-date.ts';
import { takeRung } from './ladder.ts';
import type { Ports, Workspace } from './workspace.ts';

/** No head is this one: a rollback whose content could not be verified is never merged by Lastgood. */
const NO_HEAD = '';

/**
 * Reads back from GitHub which rollbacks there were and which are open, so that a restart forgets neither a budget
 * nor a no, and continues what it finds. A rollback found open goes on as it was remembered; one that was not merges
 * with approvals only: whether its alert still fires is not known.
 */
export async function recallRollbacks(workspace: Workspace, ports: Ports): Promise<void> {
  const since = ports.clock() - longestWindow(workspace);
  const pulls = await ports.forge.rollbackPulls(workspace.repository, since);
  for (const { branch, withdrawn } of pulls) if (withdrawn) workspace.taken.add(branch);
  for (const pull of countingPulls(pulls).values()) {
    await recallRollback(workspace, ports, pull);
  }
}

/** Takes note of the pull request of a branch that counts, unless a newer one is known. */
export async function recallRollback(
  workspace: Workspace,
  ports: Ports,
  pull: PullRequest,
): Promise<void> {
  const incident = incidentOf(pull.branch);
  const known = workspace.past.get(pull.branch);
  if (!incident || (known && known.number >= pull.number)) return;
  const inQueue = pull.state === 'merged' && pull.traces?.queue.byApp;
  const record =
    (await mergedRecord(workspace, ports, targetKey(incident.target), pull.mergeCommit)) ??
    // A merge queue writes what the repository's settings say, which may be the title alone.
    (inQueue ? await recordAt(workspace, ports, pull.head) : undefined);
  const past: PastRollback = {
    target: targetKey(incident.target),
    badCommit: incident.badCommit,
    number: pull.number,
    openedAt: pull.createdAt,
    // Until it is known why: Lastgood also closes for a person who says no.
    state: pull.state === 'closed' ? closedBy(pull) : pull.state,
    ...(pull.mergedAt === undefined ? {} : { mergedAt: pull.mergedAt }),
    automatic: record?.mode === 'automatic',
  };
  workspace.past.set(pull.branch, past);
  if (record && endedRecently(ports, pull)) labelLater(ports, pull, record);
  const isKept = workspace.kept.get(pull.branch)?.number === pull.number;
  // Its branch stays for whoever reopens it: that is no sign that something is left to do.
  if (past.state === 'closed-unanswered' && !isKept) return;
  if (pull.state !== 'open' && !isUnfinished(workspace, ports, pull, record)) return;
  await recallOpen(workspace, ports, pull, 'not-since-restart');
  const rollback = workspace.open.get(pull.branch);
  if (!rollback) return;
  if (pull.state === 'closed' && !workspace.kept.has(pull.branch)) {
    // Closed for another reason, and that was told at the time.
    const isOver = (await readSuccessor(workspace, rollback)) !== undefined;
    if (!isOver) return void workspace.open.delete(pull.branch);
  }
  // Whoever ended it has not taken note of it: for Lastgood it is open until that is made good for.
  workspace.past.set(pull.branch, { ...past, state: 'open' });
}

function closedBy({ traces }: PullRequest): 'closed-unanswered' | 'closed-by-person' {
  const gaveUp = traces?.endedByApp === true && traces.unanswered;
  return gaveUp ? 'closed-unanswered' : 'closed-by-person';
}

/** Continues the open rollbacks that could not be continued before: their policy was broken, say, and is mended now. */
export async function recallLeftOut(workspace: Workspace, ports: Ports): Promise<void> {
  for (const [branch, { state, number }] of workspace.past) {
    if (state !== 'open' || workspace.open.has(branch)) continue;
    const pull = await ports.forge.pull(workspace.repository, number);
    await recallOpen(workspace, ports, pull, 'not-since-restart');
  }
}

/** Continues a rollback that was closed and reopened. Whoever approved it before has to do it again. */
export async function recallReopened(
  workspace: Workspace,
  ports: Ports,
  number: number,
  at: Instant,
): Promise<void> {
  const pull = await ports.forge.pull(workspace.repository, number);
  const incident = incidentOf(pull.branch);
  if (pull.state !== 'open' || !incident || workspace.open.has(pull.branch)) return;
  workspace.past.set(pull.branch, {
    target: targetKey(incident.target),
    badCommit: incident.badCommit,
    number,
    openedAt: pull.createdAt,
    state: 'open',
    automatic: false,
  });
  await recallOpen(workspace, ports, pull, 'not-reopened', at);
}

async function recallOpen(
  workspace: Workspace,
  ports: Ports,
  pull: PullRequest,
  merges: 'not-since-restart' | 'not-reopened',
  approvalsSince?: Instant,
): Promise<void> {
  const incident = incidentOf(pull.branch);
  const found = await recordOf(workspace, ports, pull);
  const policy = incident && policyOf(workspace, incident.target);
  if (!found) return;
  if (!policy) return tellLeftOut(workspace, ports, pull);
  const { record, verified } = found;
  const { planned, selection } = await planAgain(workspace, ports, policy, record);
  if (!planned.ok) return;
  const changed = await ports.forge.changedFiles(workspace.repository, pull.number);
  const asPlanned = checkDiff(planned.plan, changed).length === 0;
  const remembered = workspace.kept.get(pull.branch);
  const kept =
    merges === 'not-since-restart' && remembered?.number === pull.number ? remembered : undefined;
  workspace.open.set(pull.branch, {
    branch: pull.branch,
    own: pull.own,
    badCommit: incident.badCommit,
    plan: planned.plan,
    record,
    number: pull.number,
    url: pull.url,
    verifiedHead: asPlanned ? pull.head : NO_HEAD,
    selection,
    evidence: evidenceOf(record),
    merges: record.mode === 'automatic' || merges === 'not-reopened' ? merges : 'no',
    ...(approvalsSince === undefined ? {} : { approvalsSince }),
    status: '',
    attempts: 0,
    ...(await readUnsigned(ports, workspace.repository, verified)),
    ...kept,
    headSince:
      kept?.headSince?.head === pull.head ? kept.headSince : { head: pull.head, at: ports.clock() },
    votes: kept?.votes ?? (await readVotes(workspace, ports, pull)),
    alerts: new Set(kept?.alerts),
  });
  if (!kept && pull.state === 'open') await recallTime(workspace, ports, pull, approvalsSince);
  if (!kept && merges === 'not-since-restart') adopt(workspace, ports, pull, record);
}

/** A wait goes on from when it began, as its check says, whatever became of the database; a reopened one begins anew. */
async function recallTime(
  workspace: Workspace,
  ports: Ports,
  { branch, head }: PullRequest,
  reopenedAt: Instant | undefined,
): Promise<void> {
  const rollback = workspace.open.get(branch);
  if (!rollback || reopenedAt !== undefined) return;
  const since = await readWaitsSince(workspace, ports, head);
  if (since === undefined || since > ports.clock()) return;
  const waited = { head, since, reminded: 0, called: false };
  workspace.open.set(branch, { ...rollback, waited });
}

/** Makes the plan of a record anew, on the base and for the goal that it names. */
export async function planAgain(
  { manifests }: Workspace,
  ports: Ports,
  policy: TargetPolicy,
  record: RollbackRecord,
): Promise<LastGood & { readonly planned: MadePlan }> {
  const { base, goalCommit } = record;
  const found = await findLastGood(manifests, {
    policy,
    from: base,
    now: ports.clock(),
    ...(goalCommit === undefined ? {} : { baseline: { commit: goalCommit } }),
  });
  const { running } = found;
  const selection = record.rung
    ? takeRung(record.rung.rung, policy, running, found.selection)
    : found.selection;
  return {
    ...found,
    selection,
    planned: await makePlan(manifests, { policy, base, running, selection }),
  };
}

/** So many commits of people on top of the rollback's own are looked through for its record. */
const MOST_COMMITS = 10;

/**
 * The record of an open rollback: in the commit that was proposed, which people may have pushed on top of. `verified`:
 * GitHub vouches for the signatures of all of them.
 */
async function recordOf(
  workspace: Workspace,
  ports: Ports,
  pull: PullRequest,
): Promise<{ readonly record: RollbackRecord; readonly verified: boolean } | undefined> {
  let next: string | undefined = pull.head;
  let verified = true;
  for (let looked = 0; looked < MOST_COMMITS && next !== undefined; looked += 1) {
    const commit = await ports.forge.commit(workspace.repository, next);
    verified &&= commit.verified;
    const reading = readTrailers(commit.message);
    if (reading.ok) {
      const { record } = reading;
      const isIts = record.badCommit === incidentOf(pull.branch)?.badCommit;
      return isIts ? { record, verified } : undefined;
    }
    next = commit.parents[0];
  }
  return undefined;
}

/** What a merge commit says. The mirror knows as a rule; where hundreds are read back, GitHub is not asked for each. */
async function mergedRecord(
  workspace: Workspace,
  ports: Ports,
  target: string,
  merge: Oid | undefined,
): Promise<RollbackRecord | undefined> {
  if (merge === undefined) return undefined;
  const { commit: head } = await workspace.manifests.head();
  for await (const { commit, body } of workspace.manifests.rollbackCommits(target, head)) {
    if (commit !== merge) continue;
    const reading = readTrailers(body);
    return reading.ok ? reading.record : undefined;
  }
  return recordAt(workspace, ports, merge);
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

/** So long nobody may have been there to see what people merged, or to write down how it ended. */
const AWAY = 7 * DAY;

/** The longest time that a guard looks back over, or that nobody may have been there. */
export function longestWindow({ policies: { set } }: Workspace): number {
  return Math.max(
    AWAY,
    set.repository.limits.merge.per,
    set.repository.limits.open.per,
    ...set.targets.flatMap(({ limits }) => [limits.merge.per, limits.open.per, limits.cooldown]),
  );
}
