import { decide } from '../decision/decide.ts';
import type { Decision, DecisionInput } from '../decision/decision.ts';
import type { Selection } from '../releases/selection.ts';
import { targetKey } from '../target.ts';
import { alertKey } from './alert-key.ts';
import { branchOf } from './branch.ts';
import { isLaterRung } from './ladder.ts';
import type { OpenRollback, Workspace } from './workspace.ts';

/** An alert of an incident that has its pull request already, and what it changes about that. */
export interface Joined {
  readonly rollback: OpenRollback;
  /** Absent: nothing, beside that it may be what the pull request waits for. */
  readonly stronger?: Decision;
}

/**
 * Finds the open rollback that an alert is about. One that waits for review is merged by itself from now on when the
 * alert would have merged it had it come first: severe harm does not wait because a mild warning came before it. One
 * that was found open after a restart goes on by itself when, besides, it goes to the very release that would be
 * chosen now. One that a person closed and reopened stays with people, and so does one that somebody
 * else than the App made.
 */
export function joinOpen(
  workspace: Workspace,
  input: DecisionInput,
  selection: Selection,
): Joined | undefined {
  const { policy, running, evidence } = input;
  const branch = branchOf({ target: policy.target, badCommit: running.commit });
  const rollback = workspace.open.get(branch);
  if (!rollback) return undefined;
  if (!rollback.own) return { rollback };
  const { merges } = rollback;
  const found = merges === 'not-since-restart' && hasGoal(rollback, selection);
  if (merges !== 'no' && merges !== 'while-firing' && !found) return { rollback };
  const target = targetKey(policy.target);
  const others = input.past.filter(
    (one) => one.target !== target || one.badCommit !== running.commit || one.state !== 'open',
  );
  const alone = decide({ ...input, past: others, nextRung: isLaterRung(rollback.record) });
  if (alone.act !== 'merge') return { rollback };
  const key = alertKey(evidence.alert);
  // Only alerts that would merge it keep it merging by itself.
  const alerts = new Set(merges === 'while-firing' ? [...rollback.alerts, key] : [key]);
  const joined = { ...rollback, alerts, merges: 'while-firing' } as const;
  return { rollback: joined, ...(merges === 'no' && { stronger: alone }) };
}

function hasGoal({ plan: { goal } }: OpenRollback, selection: Selection): boolean {
  if (goal.kind !== 'release' || selection.kind !== 'release') return false;
  return goal.commit === selection.release.commit;
}
