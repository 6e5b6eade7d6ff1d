import { incidentIn, policyAt } from './read-world.ts';
import type { Policy } from './manifests.ts';
import { TEAMS } from './model.ts';
import type { Moment, SaidCommand, SaidWords } from './record.ts';
import type { World } from './world.ts';

const MAY_WRITE: ReadonlySet<string> = new Set(['alice', 'erin', 'bob', 'mallory']);

function isMaintainer(login: string): boolean {
  return isOf('acme/sre', login);
}

function isOf(team: string, login: string): boolean {
  return TEAMS[team]?.some((member) => member === login) ?? false;
}

/** Whether somebody is whom a policy names, in any of its ways. */
export function isNamed(from: readonly string[], login: string): boolean {
  return from.some((one) => {
    if (one === 'role:maintain') return isMaintainer(login);
    return one.includes('/') ? isOf(one.slice(1), login) : one === `@${login}`;
  });
}

/** Whether Lastgood hears somebody at all: in a public repository anybody can read. */
export function isHeard({ beginning }: World, login: string): boolean {
  return beginning.talk?.public ? MAY_WRITE.has(login) : login !== 'oscar';
}

/** The model that a command is about; undefined for the whole repository. */
export function modelOf(
  { repository }: World,
  { number }: Pick<SaidWords, 'number'>,
  command: SaidCommand,
): string | undefined {
  if (command.model !== undefined) return command.model;
  const pull = repository.pulls().find((one) => one.number === number);
  return pull && incidentIn(pull.headRef).model;
}

/**
 * Whether somebody may command something as of a moment, by the table of docs/commands.md. Where no valid policy claims
 * the target, the maintainers of the repository take the place of those whom it names.
 */
export function mayCommand(
  world: World,
  { head }: Pick<Moment, 'head'>,
  said: Pick<SaidWords, 'login' | 'number'>,
  command: SaidCommand,
): boolean {
  const { login } = said;
  if (!isHeard(world, login)) return false;
  const model = modelOf(world, said, command);
  const policy = model === undefined ? undefined : policyAt(world, head, model);
  switch (command.name) {
    case 'hold':
    case 'status':
      return true;
    case 'freeze':
      return MAY_WRITE.has(login);
    case 'unfreeze':
      return isMaintainer(login);
    case 'approve':
      return policy ? isNamed(policy.from, login) : isMaintainer(login);
    case 'reland':
      return policy ? isOwner(login) : isMaintainer(login);
    case 'rollback':
      return command.now
        ? policy !== undefined && isNamed(policy.breakGlass, login)
        : isMember(policy, login);
    case 'reject':
    case 'unhold':
    case 'quarantine':
    case 'retry':
      return isMember(policy, login);
  }
}

/** Every policy of a run has the same owners. */
function isOwner(login: string): boolean {
  return isOf('acme/ml', login);
}

function isMember(policy: Policy | undefined, login: string): boolean {
  if (!policy) return isMaintainer(login);
  return isOwner(login) || isNamed(policy.from, login);
}

/** Whether somebody might have what they said in any moment from when it was said until another one. */
export function mightCommand(
  world: World,
  said: SaidWords,
  command: SaidCommand,
  until: number,
): boolean {
  const { moments } = world.record;
  return moments
    .slice(said.moment)
    .some(
      (moment, i) => (i < 2 || moment.seq <= until) && mayCommand(world, moment, said, command),
    );
}
