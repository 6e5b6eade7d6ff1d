import type { TargetPolicy } from '../../policy/policy.ts';
import { aroundIt, type Say, type SeenRelease, type SeenRollback } from './seen.ts';

/**
 * Whether the goal was the newest release that nothing spoke against. `climbed` is how many rollbacks of the same ladder
 * were before it: each brought a release of its own, and none of them leads further back.
 */
export function checkGoal(
  seen: SeenRollback,
  policy: TargetPolicy,
  climbed: number,
  say: Say,
): void {
  const { record, releases, marks, at } = seen;
  if (record.goal === undefined) {
    if (Object.keys(policy.fallback).length === 0) {
      say('not-last-good', 'it went to a fallback, and the policy has none.');
    }
    return;
  }
  const running = aroundIt(seen).index - 1;
  const goal = releases.indexOf.get(record.goal) ?? -1;
  const good = releases.all[goal];
  if (!good || goal >= running) {
    say('not-last-good', `${record.goal.slice(0, 12)} brought no earlier release of it.`);
    return;
  }
  for (const [pin, version] of record.to) {
    const was = good.versions.get(pin);
    // A rung that takes a part of the release leaves the rest as it ran.
    const component = pin.replace(/\[\d+\]$/, '');
    const takes =
      record.rung.takes === 'release' || record.rung.takes.split('+').includes(component);
    if (!takes && record.from.get(pin) === version) continue;
    if (was !== undefined && was !== version) {
      say(
        'not-last-good',
        `${pin} was ${was} in the release that it went back to, not ${version}.`,
      );
    }
  }
  if ((marks.baselines.get(good.commit) ?? Infinity) <= at) return;
  const depth = running - goal - climbed;
  if (depth > policy.goal.maxDepth) {
    say(
      'not-last-good',
      `it went back ${depth} releases, and the policy allows ${policy.goal.maxDepth}.`,
    );
  }
  const soak = (i: number): number => (releases.all[i + 1]?.at ?? 0) - (releases.all[i]?.at ?? 0);
  if (soak(goal) < policy.goal.minSoak) {
    say(
      'not-last-good',
      'the release that it went back to had not run for as long as the policy asks.',
    );
  }
  for (let i = goal + 1; i < running; i += 1) {
    const release = releases.all[i];
    if (!release || soak(i) < policy.goal.minSoak || isTainted(release, seen)) continue;
    const commit = release.commit.slice(0, 12);
    say(
      'not-last-good',
      `the newer release of ${commit} was passed over, and nothing spoke against it.`,
    );
  }
}

/** Whether something spoke against a release at the time of the rollback. */
function isTainted({ commit, versions }: SeenRelease, seen: SeenRollback): boolean {
  const { record, ledger, marks, at } = seen;
  const running = aroundIt(seen).before?.versions ?? new Map<string, string>();
  if (versions.size === 0) return true;
  if ([...running].every(([pin, version]) => versions.get(pin) === version)) return true;
  if (marks.quarantined.within(versions, at)) return true;
  return ledger.wentFrom(record.target, commit, versions);
}
