import { isWatched } from '../monitors/monitor.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { goalQuestion } from '../rollback/find-goal.ts';
import { findOnce } from '../rollback/find-once.ts';
import type { Ports, Workspace } from '../rollback/workspace.ts';
import { targetKey } from '../target.ts';
import { watchedAsOf } from './watched-target.ts';
import type { WatchedTarget } from './watched.ts';

/** So many targets are looked up in one go: an alert does not wait for all of them. */
const AT_ONCE = 50;

/**
 * Has what is watched looked up anew when what it rests on has changed since: the head, the policies in it, what people
 * said, roll-outs. Costs nothing where nothing is watched.
 */
export async function noteWatchedLater(workspace: Workspace, ports: Ports): Promise<void> {
  const watched = workspace.policies.set.targets.some(({ monitors }) => monitors.some(isWatched));
  if (!watched && workspace.watchedAsOf === undefined) return;
  const now = await restsOn(workspace);
  if (now === workspace.watchedAsOf) return;
  workspace.watchedAsOf = now;
  ports.later({ kind: 'watch', after: '', attempts: 1 }, ports.clock());
}

async function restsOn({ manifests, policies, state, recovering }: Workspace): Promise<string> {
  const { commit } = await manifests.head();
  const rolledOut = [...recovering.values()].map(({ branch, rolledOut: out }) => [branch, out?.at]);
  return JSON.stringify([commit, policies.commit, state.head, rolledOut]);
}

/** Looks up what is watched, some targets after the one named; has the rest done later. */
export async function noteWatched(
  workspace: Workspace,
  ports: Ports,
  after: string,
): Promise<void> {
  const { repository, policies } = workspace;
  const watched = policies.set.targets
    .filter(({ monitors }) => monitors.some(isWatched))
    .toSorted((a, b) => compare(targetKey(a.target), targetKey(b.target)));
  const known = new Map(
    (await ports.watchBook.targets(repository.id)).map((one) => [targetKey(one.target), one]),
  );
  if (watched.length === 0 && known.size === 0) return;
  const wanted = new Set(watched.map(({ target }) => targetKey(target)));
  const next = watched.filter(({ target }) => targetKey(target) > after).slice(0, AT_ONCE);
  const put: WatchedTarget[] = [];
  for (const policy of next) {
    const one = await watchedTarget(workspace, ports, policy);
    const before = known.get(targetKey(policy.target));
    // While nobody knows what runs, it stays as it was known.
    if (one && JSON.stringify(one) !== JSON.stringify(before)) put.push(one);
  }
  const drop = [...known.keys()].filter((key) => !wanted.has(key));
  await ports.watchBook.change(repository.id, put, drop);
  const last = next.at(-1);
  if (!last || next.length < AT_ONCE) return;
  const due = { kind: 'watch', after: targetKey(last.target), attempts: 1 } as const;
  ports.later(due, ports.clock());
}

/** What is watched of a target, and what runs; undefined when nobody knows what runs. */
async function watchedTarget(
  workspace: Workspace,
  ports: Ports,
  policy: TargetPolicy,
): Promise<WatchedTarget | undefined> {
  const { manifests, found, recovering } = workspace;
  const { commit } = await manifests.head();
  const question = goalQuestion(workspace, policy, commit, ports.clock());
  const lastGood = await findOnce(manifests, found, question);
  const { running } = lastGood;
  const recovery = [...recovering.values()].find((one) => one.commit === running.commit);
  const rolledOut = recovery?.rolledOut?.at ?? running.at;
  return watchedAsOf(manifests, policy, lastGood, Math.max(running.at, rolledOut));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
