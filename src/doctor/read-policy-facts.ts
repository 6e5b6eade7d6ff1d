import { checkPins } from '../policy/check-pins.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { findLastGood } from '../releases/last-good.ts';
import type { HistorySource, Oid } from '../releases/release.ts';
import { readPolicies } from '../rollback/up-to-date.ts';
import { targetKey } from '../target.ts';
import { count } from '../texts/names.ts';
import type { Instant } from '../time.ts';
import type { GoalFacts, PolicyFacts } from './facts.ts';

/** Reads the policies at the head of the default branch, checks their pins, and asks for every target's goal now. */
export async function readPolicyFacts(
  source: HistorySource,
  presets: readonly { readonly name: string; readonly text: string }[],
  now: Instant,
): Promise<PolicyFacts> {
  const { commit } = await source.head();
  const set = await readPolicies(source, commit, presets);
  const pinProblems = await checkPins(set, async (path) => {
    const file = await source.fileAt(commit, path);
    return file && source.blob(file.blob);
  });
  const goals: GoalFacts[] = [];
  for (const policy of set.targets) goals.push(await goalOf(source, policy, commit, now));
  return { set, pinProblems, goals };
}

async function goalOf(
  source: HistorySource,
  policy: TargetPolicy,
  from: Oid,
  now: Instant,
): Promise<GoalFacts> {
  const target = targetKey(policy.target);
  const { running, releases, selection } = await findLastGood(source, { policy, from, now });
  if (running.problems.length > 0) return { target, goal: 'unreadable' };
  if (selection.kind !== 'none') return { target, goal: selection.kind };
  const earlier = releases.length - 1;
  const why =
    earlier === 0
      ? 'the release that runs is the first one'
      : `none of the ${count(earlier, 'earlier release')} looked at is good`;
  return { target, goal: 'none', why };
}
