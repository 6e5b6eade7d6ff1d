import type { Standing } from '../approval/approval.ts';
import { isAmong, isAtLeast } from '../approval/evaluate-approval.ts';
import type { Principal, TargetPolicy } from '../policy/policy.ts';
import type { Account } from '../rollback/forge.ts';
import type { Command } from './command.ts';
import type { CommandRules, Role } from './rules.ts';

/** Why somebody may not give a command. Closed: every member has a sentence in `texts/refusal.ts`. */
export type Refusal =
  // Said by nobody who could be meant: recorded, and not answered
  | 'own-comment'
  | 'bot'
  | 'no-access'
  | 'stranger'
  // Said otherwise than a command is
  | 'edited'
  | 'not-on-a-rollback'
  | 'rollback-over'
  // Said by somebody else than it takes
  | 'could-not-verify'
  | 'no-write-access'
  | 'needs-writer'
  | 'needs-member'
  | 'needs-approver'
  | 'needs-owner'
  | 'needs-maintainer'
  | 'needs-break-glass'
  | 'nobody-breaks-glass'
  | 'github-approves'
  | 'author'
  | 'requester'
  | 'commit-author';

export type Permission =
  { readonly may: true } | { readonly may: false; readonly refusal: Refusal };

/** Everything that decides whether a command counts, as plain data, asked at the time of the command. */
export interface Situation {
  readonly commander: Account;
  /** Whether the App itself wrote the comment. */
  readonly own: boolean;
  /** Whether the comment is another one now than when it was written. */
  readonly edited: boolean;
  /** What GitHub says about the commander; absent when it was not asked or did not answer. */
  readonly standing?: Standing;
  /** Anybody reads a public repository: there, reading is no standing. */
  readonly public: boolean;
  /** The policy of the target; absent when no valid file claims it, or when there is no target. */
  readonly policy?: Pick<TargetPolicy, 'owners' | 'approvals' | 'breakGlass'>;
  /** The rollback pull request that the comment stands in. */
  readonly rollback?: {
    readonly open: boolean;
    readonly author: Account;
    /** The person who asked for it, if a person did. */
    readonly requester?: Account;
    readonly commitAuthors: readonly Account[];
  };
}

/** Refusals that nobody is answered, because an answer is what a bot or a stranger could ask for without end. */
const SILENT: ReadonlySet<Refusal> = new Set(['own-comment', 'bot', 'no-access', 'stranger']);

/** Whether a refused command is answered, or only recorded. */
export function isAnswered(refusal: Refusal): boolean {
  return !SILENT.has(refusal);
}

/** Everybody whom the policy gives a role: those whom GitHub has to be asked about. */
export function principalsConcerned(policy: Situation['policy']): readonly Principal[] {
  if (!policy) return [];
  const all = [...policy.owners, ...policy.approvals.from, ...policy.breakGlass];
  return [...new Map(all.map((one) => [JSON.stringify(one).toLowerCase(), one])).values()];
}

/**
 * Whether a command counts, by its rules. Pure. Stopping is cheap: whoever can read the repository may hold. Starting, approving and
 * lifting take a role of the policy and the right to write. Where no policy says who has a role, the maintainers of
 * the repository have it. What could not be verified is denied.
 */
export function mayCommand(
  command: Command,
  { needs, place }: Pick<CommandRules, 'needs' | 'place'>,
  situation: Situation,
): Permission {
  const refusal =
    whyUnheard(situation) ?? whyNotHere(place, situation) ?? whyNotBy(command, needs, situation);
  return refusal === undefined ? { may: true } : { may: false, refusal };
}

/** Why nothing that this comment says counts. */
function whyUnheard({ own, commander, edited, standing, ...rest }: Situation): Refusal | undefined {
  if (own) return 'own-comment';
  if (commander.bot) return 'bot';
  if (!standing || standing.role === 'unknown') return 'could-not-verify';
  if (standing.role === 'none') return 'no-access';
  if (rest.public && !isAtLeast(standing.role, 'triage')) {
    const known = isAmong(standing, principalsConcerned(rest.policy));
    if (known === 'unknown') return 'could-not-verify';
    if (!known) return 'stranger';
  }
  return edited ? 'edited' : undefined;
}

/** Why it does not count in this place. */
function whyNotHere(place: CommandRules['place'], { rollback }: Situation): Refusal | undefined {
  if (place === 'anywhere') return undefined;
  if (!rollback) return 'not-on-a-rollback';
  return rollback.open ? undefined : 'rollback-over';
}

/** Why it does not count from this person. */
function whyNotBy(command: Command, needs: Role, situation: Situation): Refusal | undefined {
  const { commander, rollback } = situation;
  if (command.name === 'approve') {
    if (situation.policy?.approvals.by === 'github') return 'github-approves';
    if (commander.id === rollback?.author.id) return 'author';
    if (commander.id === rollback?.requester?.id) return 'requester';
    if (rollback?.commitAuthors.some(({ id }) => id === commander.id)) return 'commit-author';
  }
  // Whoever asked for a rollback may take that back.
  const withdraws = command.name === 'reject' && commander.id === rollback?.requester?.id;
  if (command.name === 'rollback' && command.now) return whyNoBreakGlass(situation);
  return whyNotRole(withdraws ? 'writer' : needs, situation);
}

function whyNotRole(role: Role, situation: Situation): Refusal | undefined {
  const { standing, policy } = situation;
  if (role === 'reader') return undefined;
  if (!standing) return 'could-not-verify';
  if (role === 'writer') return isAtLeast(standing.role, 'write') ? undefined : 'needs-writer';
  if (role === 'maintainer' || !policy) {
    return isAtLeast(standing.role, 'maintain') ? undefined : 'needs-maintainer';
  }
  const among = isOneOf(role, standing, policy);
  if (among === 'unknown') return 'could-not-verify';
  if (!among) return `needs-${role}`;
  const anybody = role !== 'owner' && policy.approvals.from.length === 0;
  if (anybody) return isAtLeast(standing.role, 'write') ? undefined : 'needs-writer';
  return isAtLeast(standing.role, 'write') ? undefined : 'no-write-access';
}

function isOneOf(
  role: 'member' | 'approver' | 'owner',
  standing: Standing,
  { owners, approvals }: NonNullable<Situation['policy']>,
): boolean | 'unknown' {
  if (role === 'owner') return isAmong(standing, owners);
  // As in the count of approvals: with nobody named, whoever may write.
  const approver = approvals.from.length === 0 ? true : isAmong(standing, approvals.from);
  if (role === 'approver' || approver === true) return approver;
  const owner = isAmong(standing, owners);
  return owner === false ? approver : owner;
}

function whyNoBreakGlass({ standing, policy }: Situation): Refusal | undefined {
  if (!policy || policy.breakGlass.length === 0) return 'nobody-breaks-glass';
  const among = standing ? isAmong(standing, policy.breakGlass) : 'unknown';
  if (!standing || among === 'unknown') return 'could-not-verify';
  if (!among) return 'needs-break-glass';
  return isAtLeast(standing.role, 'write') ? undefined : 'no-write-access';
}
