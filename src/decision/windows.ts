import type { Budget } from '../policy/policy.ts';
import type { TargetKey } from '../target.ts';
import type { Instant } from '../time.ts';
import type { PastRollback } from './decision.ts';

/** How much of a budget is used. */
export interface BudgetUse {
  readonly have: number;
  readonly limit: number;
  /** When there is room again, if nothing else is used until then; absent when there is room now, or never. */
  readonly until?: Instant;
}

/**
 * How much of a budget the moments use. The window is rolling and half-open: what happened exactly `per` ago is out.
 * A moment in the future, from a clock that is ahead, counts.
 */
export function useOfBudget(moments: readonly Instant[], budget: Budget, now: Instant): BudgetUse {
  const inside = moments.filter((at) => at > now - budget.per).sort((a, b) => a - b);
  const have = inside.length;
  if (have < budget.count) return { have, limit: budget.count };
  // Room for one more comes when all but `count - 1` of them have left the window.
  const last = budget.count > 0 ? inside[have - budget.count] : undefined;
  return { have, limit: budget.count, ...(last !== undefined && { until: last + budget.per }) };
}

/** When rollbacks were opened, for one target or for the whole repository. */
export function openedAt(past: readonly PastRollback[], target?: TargetKey): Instant[] {
  return past
    .filter((one) => target === undefined || one.target === target)
    .map((one) => one.openedAt);
}

/** When a rollback took effect, as far as is known. */
export function mergeOf(one: PastRollback): Instant {
  return one.mergedAt ?? one.openedAt;
}

/** When rollbacks were merged without an approval, for one target or for the whole repository. */
export function mergedAutomatically(past: readonly PastRollback[], target?: TargetKey): Instant[] {
  return past
    .filter((one) => one.state === 'merged' && one.automatic)
    .filter((one) => target === undefined || one.target === target)
    .map(mergeOf);
}
