import type { CommandName } from '../commands/command.ts';
import type { Refusal } from '../commands/may-command.ts';
import type { Role } from '../commands/rules.ts';
import type { Principal, TargetPolicy } from '../policy/policy.ts';
import { inCode } from './escape.ts';
import { listOf, principalName } from './names.ts';

/** Why a command did nothing, and who or what could. Begins a sentence. Markdown. */
export function refusalSentence(
  refusal: Refusal,
  name: CommandName,
  policy?: Pick<TargetPolicy, 'owners' | 'approvals' | 'breakGlass'>,
): string {
  const command = inCode(`/${name}`);
  const nothing = 'Nothing was done.';
  switch (refusal) {
    case 'own-comment':
      return `${nothing} Lastgood takes no commands from its own comments.`;
    case 'bot':
      return `${nothing} Bots give no commands.`;
    case 'no-access':
      return `${nothing} Commands are for people with access to this repository.`;
    case 'stranger':
      return `${nothing} Anybody reads this repository, so commands are for those with the role triage or more, and for those whom the policy names.`;
    case 'edited':
      return `${nothing} An edited comment commands nothing. Write ${command} in a new comment.`;
    case 'not-on-a-rollback':
      return `${nothing} ${command} is for rollback pull requests. Write it in the conversation of one.`;
    case 'rollback-over':
      return `${nothing} This rollback is closed or merged already, so there is nothing to ${name}.`;
    case 'could-not-verify':
      return `${nothing} GitHub did not say whether you may ${name}. Try again in a moment, in a new comment.`;
    case 'no-write-access':
      return `${nothing} The policy names you, but ${command} takes write access to this repository too. Ask for the role write.`;
    case 'needs-writer':
      return `${nothing} ${command} takes write access to this repository. To stop one target, ${inCode('/hold')} it.`;
    case 'needs-member':
      return `${nothing} ${command} takes an owner or an approver of the target: ${named([...(policy?.owners ?? []), ...(policy?.approvals.from ?? [])])}.`;
    case 'needs-approver':
      return `${nothing} ${command} takes an approver of the target: ${named(policy?.approvals.from)}.`;
    case 'needs-owner':
      return `${nothing} ${command} takes an owner of the target: ${named(policy?.owners)}.`;
    case 'needs-maintainer':
      return `${nothing} ${command} takes the role maintain in this repository here.`;
    case 'needs-break-glass':
      return `${nothing} ${inCode('--now')} takes somebody who may break the glass: ${named(policy?.breakGlass)}. Leave it out to ask for approvals.`;
    case 'nobody-breaks-glass':
      return `${nothing} The policy of the target lets nobody break the glass (breakGlass). Leave ${inCode('--now')} out to ask for approvals.`;
    case 'github-approves':
      return `${nothing} The policy of the target leaves approvals to GitHub (approvals.by). Approve with a review.`;
    case 'author':
      return `${nothing} Nobody approves a pull request of their own.`;
    case 'requester':
      return `${nothing} Somebody else than the person who asked for the rollback has to approve.`;
    case 'commit-author':
      return `${nothing} Nobody approves a commit of their own.`;
  }
}

/** What a role is called where people read who may do what. */
export function roleName(role: Role): string {
  switch (role) {
    case 'reader':
      return 'anyone who can read the repository';
    case 'writer':
      return 'anyone who may write to the repository';
    case 'member':
      return 'owners and approvers';
    case 'approver':
      return 'approvers';
    case 'owner':
      return 'owners';
    case 'maintainer':
      return 'maintainers of the repository';
  }
}

function named(principals: readonly Principal[] = []): string {
  const names = [...new Set(principals.map((one) => inCode(principalName(one))))];
  return names.length === 0 ? 'anyone who may write' : listOf(names, 'or');
}
