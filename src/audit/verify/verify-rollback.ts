import type { TargetPolicy } from '../../policy/policy.ts';
import { checkDiff, checkVersions } from './check-diff.ts';
import { checkGoal } from './check-goal.ts';
import { checkLicense, checkStops } from './check-license.ts';
import { checkRung } from './check-rung.ts';
import type { Say, SeenRollback } from './seen.ts';
import type { Violation, ViolationKind } from './violation.ts';

/** What is wrong with one rollback, and how many rollbacks of its ladder were before it. */
export interface Verdict {
  readonly violations: readonly Violation[];
  readonly climbed: number;
}

/**
 * What is wrong with one rollback, derived anew from git alone. Pure. None of the code that decides, plans or merges
 * takes part in it; policies are read by the one reader there is.
 */
export function verifyRollback(seen: SeenRollback): Verdict {
  const { commit, record, policy } = seen;
  const violations: Violation[] = [];
  const say = (kind: ViolationKind, sentence: string): void =>
    void violations.push({ kind, commit, sentence: `${record.target}: ${sentence}` });
  if (!policy) {
    say('cannot-verify', 'no valid policy stood on the default branch before the merge.');
    return { violations, climbed: 0 };
  }
  checkDiff(seen, policy.pins, say);
  checkVersions(seen, policy.pins, say);
  if (!seen.samePolicy) {
    say('policy-changed', `${record.policyFile} is another one at the merge than at the decision.`);
  }
  checkStops(seen, say);
  if (seen.merged !== 'person' && record.mode === 'automatic') checkLicense(seen, policy, say);
  if (record.mode === 'reviewed') checkApprovals(seen, policy, say);
  const climbed = checkRung(seen, policy, say);
  // Whom a person names, that person answers for.
  if (record.requestedBy === undefined) checkGoal(seen, policy, climbed, say);
  return { violations, climbed };
}

function checkApprovals({ record, merged }: SeenRollback, policy: TargetPolicy, say: Say): void {
  // Whoever presses the button answers to the rules of GitHub.
  if (merged === 'person' || policy.approvals.by === 'github') return;
  const { required, from } = policy.approvals;
  const people = new Set(record.approvers.map(({ id }) => id));
  if (people.size < required) {
    say(
      'approvals-missing',
      `${people.size} people approved it, and the policy asks for ${required}.`,
    );
  }
  const users = from.flatMap((one) => (one.kind === 'user' ? [one.login.toLowerCase()] : []));
  // Who was in a team, had a role or might write at that time, git does not tell.
  if (from.length === 0 || users.length < from.length) return;
  for (const { login } of record.approvers) {
    if (!users.includes(login.toLowerCase())) {
      say('approvals-missing', `${login} approved it, whom the policy does not name.`);
    }
  }
}
