/**
 * The `lastgood` check on pull requests and on what a merge queue is about to merge.
 *
 * The races: somebody pushes while the check looks; the default branch moves, or a version is quarantined, after the
 * check was given; two replicas check one head.
 *
 * What must hold: a verdict stands on the very commit that was judged, by the policies of the branch that it goes to.
 *
 * How: everything is asked by commits. The same findings are published once; a new head leads to a new look.
 */
import { createHash } from 'node:crypto';
import type { Oid } from '../releases/release.ts';
import { isAmong } from '../approval/evaluate-approval.ts';
import { gatherStanding } from '../approval/gather-standing.ts';
import type { Principal, TargetPolicy } from '../policy/policy.ts';
import type { ReadChange } from './read-change.ts';
import type { Account, PullRequest } from '../rollback/forge.ts';
import { insist } from '../rollback/insist.ts';
import { bringUpToDate } from '../rollback/up-to-date.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { shortCommit } from '../texts/names.ts';
import { drillOf } from '../drill/drill-branch.ts';
import { targetKey } from '../target.ts';
import type { Finding } from './finding.ts';
import { judgePull } from './judge-pull.ts';
import { quarantineOf } from './quarantine-of.ts';
import { MOST_BYTES, readChangedFiles } from './read-pull.ts';
import { CHECK_NAME, reportOf } from './report.ts';

/** Checks a pull request as it is now; one that is closed or goes elsewhere is left alone. */
export async function checkPull(
  workspace: Workspace,
  ports: Ports,
  number: number,
  attempts = 1,
  kind: 'judge' | 'judge-again' = 'judge',
): Promise<void> {
  const doing = {
    due: { kind, number, attempts },
    what: `Checking pull request #${number}`,
  } as const;
  await insist(workspace, ports, doing, () =>
    whileThere(async () => {
      const { repository } = workspace;
      const pull = await ports.forge.pull(repository, number);
      if (pull.state !== 'open' || pull.into !== repository.defaultBranch) return;
      // What a rollback's own check says is told where its state is.
      if (isOwnRollback(workspace, pull) || isOwnDrill(workspace, pull)) return;
      await checkHead(workspace, ports, pull);
    }),
  );
}

/** Checks what a merge queue is about to merge. */
export async function checkGroup(
  workspace: Workspace,
  ports: Ports,
  group: { readonly head: Oid; readonly base: Oid },
  attempts = 1,
): Promise<void> {
  const { head, base } = group;
  const doing = {
    due: { kind: 'judge-group', head, base, attempts },
    what: `Checking the merge group ${shortCommit(head)}`,
  } as const;
  await insist(workspace, ports, doing, () =>
    whileThere(() => checkHead(workspace, ports, { head, base, body: '' })),
  );
}

/** A pull request, or a group, that GitHub no longer has needs no check. */
async function whileThere(check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    const gone = error instanceof Error && 'status' in error && error.status === 404;
    if (!gone) throw error;
  }
}

/** Whether Lastgood made this pull request and it still is what Lastgood made. */
function isOwnRollback(workspace: Workspace, pull: PullRequest): boolean {
  const rollback = workspace.open.get(pull.branch);
  return (
    rollback !== undefined &&
    rollback.own &&
    rollback.number === pull.number &&
    rollback.verifiedHead === pull.head
  );
}

/** The same of a drill: it says that nobody is to merge it. */
function isOwnDrill({ drills }: Workspace, { branch, own, head, number }: PullRequest): boolean {
  const id = drillOf(branch);
  const run = id && drills.get(targetKey(id.target))?.run;
  if (!run || !own || run.startedAt !== id.startedAt) return false;
  return id.part === 'back' || (run.pull?.number === number && run.pull.head === head);
}

async function checkHead(
  workspace: Workspace,
  ports: Ports,
  pull: Pick<PullRequest, 'head' | 'base' | 'body'> & Partial<Pick<PullRequest, 'author'>>,
): Promise<void> {
  const { repository, manifests } = workspace;
  const { head } = pull;
  if ((await manifests.head()).commit !== pull.base) await bringUpToDate(workspace, ports);
  const base = (await manifests.head()).commit;
  const findings = await findAll(workspace, ports, { ...pull, base });
  const { runs, app } = ports.checks;
  const key = createHash('sha256').update(JSON.stringify(findings)).digest('hex').slice(0, 40);
  const known = await runs.find(repository, { head, name: CHECK_NAME, app });
  if (known?.status === 'completed' && known.externalId === key) return;
  ports.signal.throwIfAborted();
  await runs.publish(repository, reportOf(head, key, findings), known);
}

async function findAll(
  { repository, manifests: source, policies, state }: Workspace,
  ports: Ports,
  { base, head, body, author }: Parameters<typeof checkHead>[2],
): Promise<readonly Finding[]> {
  const { files } = ports.checks;
  const range = await files.changed(repository, { base, head });
  const pins = policies.set.targets.flatMap((policy) => policy.pins);
  const pinned = new Set(pins.map(({ file }) => file));
  const read = await readChangedFiles(files, repository, {
    head,
    changed: range,
    pinned,
    source,
  });
  if ('tooMuch' in read) return [{ kind: 'too-much', weight: 'fail', most: MOST_BYTES }];
  const { changed } = read;
  const commit = { commit: head, at: ports.clock(), author: { name: '', email: '' } };
  const ground = {
    source,
    base,
    policies: policies.set,
    presets: ports.presets,
    quarantine: (change: ReadChange, policy: TargetPolicy) =>
      quarantineOf(change, policy.target, state.state),
    async isAmong(user: Account, from: readonly Principal[]) {
      const { standing } = await gatherStanding(ports.forge, repository, [user], from);
      const known = standing.get(user.id);
      return known ? isAmong(known, from) : 'unknown';
    },
  };
  const { start } = range;
  const proposed = { ...commit, subject: '', body: '' };
  const pull = { head: proposed, start, changed, body, ...(author && { author }) };
  const findings = await judgePull(ground, pull);
  const unseen: Finding = { kind: 'not-all-seen', weight: 'warn' };
  return range.complete ? findings : [unseen, ...findings];
}
