import { readLines } from '../journal/chain.ts';
import { readDrillFacts } from '../journal/drill-facts.ts';
import { drillsFile, JOURNAL_BRANCH } from '../journal/journal-branch.ts';
import type { PullRequest, RollbackBranch } from '../rollback/forge.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { targetKey, type TargetKey } from '../target.ts';
import { drillsOf, goOnLater } from './begin-drill.ts';
import { drillOf, type DrillId } from './drill-branch.ts';
import { readDrillTrailers } from './drill-trailers.ts';
import { KEPT, type DrillRun } from './drill.ts';

/** What GitHub has of drills, among what it has of rollbacks. */
export interface FoundDrills {
  readonly pulls: readonly PullRequest[];
  readonly branches: readonly RollbackBranch[];
}

/**
 * Goes on with what is left of drills that nobody goes on with: a pull request that stands, a branch, a merge that was
 * not put back. What nobody remembers is given up, which takes it away. What others opened or made is left alone.
 */
export async function sweepDrills(
  workspace: Workspace,
  ports: Ports,
  found: FoundDrills,
): Promise<void> {
  for (const { target, run } of workspace.drills.values()) if (run) goOnLater(ports, target);
  const left = new Map<string, Left>();
  for (const pull of found.pulls) {
    const id = drillOf(pull.branch);
    if (!id || !pull.own || pull.withdrawn) continue;
    if (pull.state === 'open' || isUnrestored(workspace, pull, id, found.pulls)) {
      left.set(nameOf(id), { id, ...(id.part === 'there' && { pull }) });
    }
  }
  for (const branch of found.branches) {
    const id = drillOf(branch.branch);
    if (!id || left.has(nameOf(id)) || !(await isOurs(workspace, ports, branch, found.pulls))) {
      continue;
    }
    left.set(nameOf(id), { id });
  }
  for (const one of left.values()) takeUp(workspace, ports, one);
}

interface Left {
  readonly id: DrillId;
  readonly pull?: PullRequest;
}

function nameOf({ target, startedAt }: DrillId): string {
  return `${targetKey(target)} ${startedAt}`;
}

/** Whether the App merged it in the environment of drills, and nothing put that back or came to an end. */
function isUnrestored(
  { drills }: Workspace,
  pull: PullRequest,
  id: DrillId,
  pulls: readonly PullRequest[],
): boolean {
  if (pull.state !== 'merged' || id.part !== 'there') return false;
  const past = drills.get(targetKey(id.target))?.past ?? [];
  if (past.some(({ startedAt }) => startedAt === id.startedAt)) return false;
  return !pulls.some((other) => {
    const back = drillOf(other.branch);
    return (
      back?.part === 'back' && nameOf(back) === nameOf(id) && other.own && other.state === 'merged'
    );
  });
}

/**
 * Whether a branch is one that a drill left: the App had a pull request from it, its commit says so, or nothing stands
 * on it but what the default branch has. Anybody may call a branch like that, and theirs is not deleted.
 */
async function isOurs(
  { repository, manifests }: Workspace,
  ports: Ports,
  { branch, head }: RollbackBranch,
  pulls: readonly PullRequest[],
): Promise<boolean> {
  if (pulls.some((pull) => pull.branch === branch && pull.own)) return true;
  const { commit } = await manifests.head();
  if (manifests.isAfter(commit, head)) return true;
  const { message, verified } = await ports.forge.commit(repository, head);
  const mark = readDrillTrailers(message);
  const id = drillOf(branch);
  return verified && mark !== undefined && id !== undefined && nameOf(mark) === nameOf(id);
}

/** Has a drill that nobody remembers given up, unless another one of its target is under way: that ends first. */
function takeUp(workspace: Workspace, ports: Ports, { id, pull }: Left): void {
  const target = targetKey(id.target);
  const known = drillsOf(workspace, ports, target);
  if (known.run) return goOnLater(ports, target);
  const merged = pull?.state === 'merged';
  const byPerson = merged && pull.traces?.endedByApp !== true;
  const run: DrillRun = {
    target,
    startedAt: id.startedAt,
    results: FOUND,
    ...(pull && { pull: { number: pull.number, url: pull.url, head: pull.head } }),
    ...(merged && !byPerson && pull.mergeCommit && { merged: { commit: pull.mergeCommit } }),
    givenUp: byPerson ? 'merged-by-person' : 'forgotten',
  };
  workspace.drills.set(target, { ...known, run });
  goOnLater(ports, target);
}

/** It went so far that something may stand. */
const FOUND: DrillRun['results'] = [
  { phase: 'goal', outcome: 'passed', finding: 'It went further than that.', took: 0 },
];

/** So many files are read with one request. */
const AT_ONCE = 20;

/**
 * Reads back from the journal's branch what became of earlier drills, where the store knows of none: it may have been
 * lost. Asks once for a target.
 */
export async function recallDrills(workspace: Workspace, ports: Ports): Promise<void> {
  const { policies, repository } = workspace;
  const unknown = policies.set.targets
    .filter(({ drills }) => drills.every !== 'never')
    .map(({ target }) => targetKey(target))
    .filter((key) => {
      const known = workspace.drills.get(key);
      return known?.recalled !== true && (known?.past ?? []).length === 0;
    });
  for (let from = 0; from < unknown.length; from += AT_ONCE) {
    const keys = unknown.slice(from, from + AT_ONCE);
    const { files } = await ports.ownBranch.read(repository, JOURNAL_BRANCH, keys.map(drillsFile));
    for (const key of keys) recall(workspace, ports, key, files.get(drillsFile(key)) ?? '');
  }
}

function recall(workspace: Workspace, ports: Ports, key: TargetKey, text: string): void {
  const drills = readLines(text)
    .filter(({ kind }) => kind === 'drilled')
    .flatMap(({ facts }) => readDrillFacts(facts) ?? [])
    .filter(({ target, startedAt }) => target === key && startedAt <= ports.clock())
    .toSorted((a, b) => a.startedAt - b.startedAt);
  const known = drillsOf(workspace, ports, key);
  workspace.drills.set(key, { ...known, past: drills.slice(-KEPT), recalled: true });
}
