import { gatherStanding, type Gathered } from '../approval/gather-standing.ts';
import type { TargetPolicy } from '../policy/policy.ts';
import { incidentOf } from '../rollback/branch.ts';
import { policyOf } from '../rollback/up-to-date.ts';
import { targetKey, type Target } from '../target.ts';
import type { Asking } from './asking.ts';
import type { Command } from './command.ts';
import { mayCommand, principalsConcerned, type Permission, type Situation } from './may-command.ts';

/** Whether somebody may have what they ask for, by the policy that says so. */
export type Permitted = Permission & { readonly policy?: TargetPolicy };

/**
 * Asks GitHub, at this moment, what somebody is, and the policy what that allows. `as-if-open`: whether they might have,
 * before the rollback was over.
 */
export async function permit(
  asking: Asking,
  command: Command,
  when: 'now' | 'as-if-open' = 'now',
): Promise<Permitted> {
  const { workspace, by } = asking;
  const target = targetOf(asking, command);
  const policy = target && policyOf(workspace, target);
  const { standing } = await standingOf(asking, policy);
  const own = standing.get(by.id);
  const rollback = await rollbackOf(asking, command);
  const permission = mayCommand(command, asking.rules[command.name], {
    commander: by,
    own: false,
    edited: asking.edited,
    ...(own && { standing: own }),
    public: workspace.repository.public ?? true,
    ...(policy && { policy }),
    ...(rollback && { rollback: when === 'now' ? rollback : { ...rollback, open: true } }),
  });
  return { ...permission, ...(policy && { policy }) };
}

/** The target that a command is about, or that the comment stands in the rollback of. */
export function targetOf({ branch }: Asking, command: Command): Target | undefined {
  if ('target' in command && command.target) return command.target;
  return branch === undefined ? undefined : incidentOf(branch)?.target;
}

function standingOf(asking: Asking, policy: TargetPolicy | undefined): Promise<Gathered> {
  const { workspace, ports, by, standings } = asking;
  const key = policy ? targetKey(policy.target) : '';
  const known = standings.get(key);
  if (known) return known;
  const from = principalsConcerned(policy);
  const asked = gatherStanding(ports.forge, workspace.repository, [by], from);
  standings.set(key, asked);
  return asked;
}

async function rollbackOf(
  { workspace, ports, branch, number }: Asking,
  { name }: Command,
): Promise<Situation['rollback']> {
  if (branch === undefined || (name !== 'approve' && name !== 'reject')) return undefined;
  const { repository } = workspace;
  const [pull, commitAuthors] = await Promise.all([
    ports.forge.pull(repository, number),
    name === 'approve' ? ports.forge.commitAuthors(repository, number) : [],
  ]);
  const { requestedBy, alertBy } = workspace.open.get(branch)?.record ?? {};
  // Whoever sent its alert asked for it, and takes nothing back by that: others rely on the alert.
  const requester = requestedBy ?? (name === 'approve' ? alertBy : undefined);
  return {
    open: pull.state === 'open',
    author: pull.author,
    ...(requester && { requester: { ...requester, bot: false } }),
    commitAuthors,
  };
}
