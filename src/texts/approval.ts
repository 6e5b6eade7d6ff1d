import type { ApprovalState, GroupState, NotCounted } from '../approval/approval.ts';
import type { ApprovalPolicy } from '../policy/policy.ts';
import { inCode, inProse } from './escape.ts';
import { count, listOf, principalName } from './names.ts';

/** How far the approvals of a pull request are, who is missing, and why somebody's does not count. Markdown. */
export function approvalSentence(
  state: ApprovalState,
  policy: Pick<ApprovalPolicy, 'by' | 'from'>,
): string {
  if (policy.by === 'github') {
    return 'The rules of the default branch decide when it is approved.';
  }
  const { required, approvedBy, blockedBy, notCounted } = state;
  const names = (users: readonly { readonly login: string }[]): string =>
    listOf(users.map(({ login }) => inCode(login)));
  const given = approvedBy.length > 0 ? ` (${names(approvedBy)})` : '';
  const missing = Math.max(0, required - approvedBy.length);
  const from =
    policy.from.length > 0
      ? listOf(
          policy.from.map((one) => inCode(principalName(one))),
          'or',
        )
      : 'anyone who may write to this repository';
  const groups = state.groups ?? [];
  return [
    `${approvedBy.length} of ${count(required, 'approval')}${given}.`,
    groups.length > 0
      ? groupSentences(groups)
      : missing > 0
        ? ` ${missing} more needed from ${from}.`
        : '',
    blockedBy.length > 0
      ? ` ${names(blockedBy)} asked for changes, so nothing merges until they approve or their review is dismissed.`
      : '',
    ...notCounted.map(
      ({ user, why, detail }) =>
        ` The review of ${inCode(user.login)} does not count: ${notCountedReason(why)}.${detail === undefined ? '' : ` ${inProse(detail, 300)}`}`,
    ),
  ].join('');
}

function groupSentences(groups: readonly GroupState[]): string {
  return groups
    .map(({ name, required, approvedBy, from }) => {
      const missing = Math.max(0, required - approvedBy.length);
      const who = listOf(
        from.map((one) => inCode(principalName(one))),
        'or',
      );
      const state = missing === 0 ? 'complete' : `${missing} more needed from ${who}`;
      return ` ${inCode(name)}: ${approvedBy.length} of ${required}, ${state}.`;
    })
    .join('');
}

function notCountedReason(why: NotCounted): string {
  switch (why) {
    case 'bot':
      return 'bots do not approve';
    case 'author':
      return 'nobody approves a pull request of their own';
    case 'requester':
      return 'somebody else than the person who asked for the rollback has to approve';
    case 'commit-author':
      return 'nobody approves a commit of their own';
    case 'other-head':
      return 'it was given for an earlier state of the pull request; review again';
    case 'not-listed':
      return 'the policy does not name them as approvers';
    case 'no-write-access':
      return 'they may not write to this repository';
    case 'could-not-verify':
      return 'it could not be verified what they may do, and GitHub is asked again soon';
  }
}
