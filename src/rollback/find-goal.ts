import type { TargetPolicy } from '../policy/policy.ts';
import { findLastGood, type LastGood, type LastGoodQuestion } from '../releases/last-good.ts';
import type { Oid } from '../releases/release.ts';
import { relandedCommits } from '../state/look-up.ts';
import { stateOf } from '../state/state.ts';
import type { Instant } from '../time.ts';
import type { Workspace } from './workspace.ts';

/** What runs and where a rollback would go, by the history and by what people said: a baseline, quarantines, relands. */
export function findGoal(
  workspace: Pick<Workspace, 'manifests' | 'state'>,
  policy: TargetPolicy,
  from: Oid,
  now: Instant,
  version?: string,
): Promise<LastGood> {
  return findLastGood(workspace.manifests, goalQuestion(workspace, policy, from, now, version));
}

/** The question of {@link findGoal}. */
export function goalQuestion(
  { state }: Pick<Workspace, 'state'>,
  policy: TargetPolicy,
  from: Oid,
  now: Instant,
  version?: string,
): LastGoodQuestion {
  const { baseline, quarantine, relands } = stateOf(state.state, policy.target);
  const marked = quarantine.length + relands.length > 0;
  return {
    policy,
    from,
    now,
    ...(version !== undefined && { requested: { version } }),
    ...(baseline && { baseline }),
    ...(marked && {
      marks: {
        quarantine: quarantine.map(({ pins }) => pins),
        relanded: relandedCommits({ target: policy.target, quarantine, relands }),
      },
    }),
  };
}
