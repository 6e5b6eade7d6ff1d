import { standingOf } from '../backtest/record.ts';
import { formatProblem } from '../policy/format-problem.ts';
import type { Budget } from '../policy/policy.ts';
import { targetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { DecisionInput } from './decision.ts';
import type { Finding } from './guard.ts';
import { mergedAutomatically, mergeOf, openedAt, useOfBudget } from './windows.ts';

function overBudget(
  moments: readonly Instant[],
  budget: Budget,
  now: Instant,
): Finding | undefined {
  const { have, limit, until } = useOfBudget(moments, budget, now);
  if (have < limit) return undefined;
  return { facts: { have, limit, per: budget.per, ...(until !== undefined && { until }) } };
}

/** So many rollbacks of the target were opened lately that another one would be noise. */
export function openBudget({ past, policy, now }: DecisionInput): Finding | undefined {
  return overBudget(openedAt(past, targetKey(policy.target)), policy.limits.open, now);
}

/** The same for all targets of the repository together. */
export function repositoryOpenBudget({
  past,
  repository,
  now,
}: DecisionInput): Finding | undefined {
  return overBudget(openedAt(past), repository.limits.open, now);
}

/** What runs is itself a rollback: going further back needs a person. */
export function rollbackOfRollback({ running, runningIsRollback }: DecisionInput) {
  return runningIsRollback ? { facts: { commit: running.commit } } : undefined;
}

/** A rollback of the target was merged a short while ago, by whomever. */
export function cooldown({ past, policy, now }: DecisionInput): Finding | undefined {
  const target = targetKey(policy.target);
  const merged = past.filter((one) => one.target === target && one.state === 'merged');
  const last = merged.reduce<{ at: Instant; pull: number } | undefined>((best, one) => {
    const at = mergeOf(one);
    const later = !best || at > best.at || (at === best.at && one.number > best.pull);
    return later ? { at, pull: one.number } : best;
  }, undefined);
  if (!last) return undefined;
  const until = last.at + policy.limits.cooldown;
  return now < until ? { facts: { pull: last.pull, mergedAt: last.at, until } } : undefined;
}

/** So many rollbacks of the target were merged without an approval lately. */
export function mergeBudget({ past, policy, now }: DecisionInput): Finding | undefined {
  return overBudget(mergedAutomatically(past, targetKey(policy.target)), policy.limits.merge, now);
}

/** The repository's own settings cannot be read, so nobody knows how much may be merged. */
export function repositoryPolicyBroken({ repository }: DecisionInput): Finding | undefined {
  const { problem } = repository;
  if (!problem) return undefined;
  const { file, line, column } = problem;
  return { facts: { file, line, column, problem: formatProblem(problem) } };
}

/** The policy lets nothing merge by itself that no backtest has shown to be worth it. */
export function noBacktest({ policy, now }: DecisionInput): Finding | undefined {
  const standing = standingOf(policy, now);
  if (!standing || standing.passed) return undefined;
  const { why, have, need } = standing;
  return {
    facts: { why, ...(have !== undefined && { have }), ...(need !== undefined && { need }) },
  };
}

/** The same for all targets of the repository together. Without a readable budget, that is told instead. */
export function repositoryMergeBudget({ past, repository, now }: DecisionInput) {
  if (repository.problem) return undefined;
  return overBudget(mergedAutomatically(past), repository.limits.merge, now);
}

/** The running release is so old that what is wrong is probably not the release. */
export function releaseTooOld({ running, policy, now }: DecisionInput): Finding | undefined {
  const age = now - running.at;
  const limit = policy.limits.maxReleaseAge;
  return age > limit ? { facts: { have: age, limit, releasedAt: running.at } } : undefined;
}
