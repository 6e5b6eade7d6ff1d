import { RESPONSES, type Response } from '../policy/policy.ts';
import {
  cooldown,
  mergeBudget,
  noBacktest,
  openBudget,
  releaseTooOld,
  repositoryMergeBudget,
  repositoryOpenBudget,
  repositoryPolicyBroken,
  rollbackOfRollback,
} from './budget-guards.ts';
import type { Decision, DecisionInput, Reason } from './decision.ts';
import { tooFewFirings, tooYoung } from './evidence-guards.ts';
import type { Finding, Guard } from './guard.ts';
import {
  alreadyRolledBack,
  closedByPerson,
  closedUnanswered,
  rollbackInProgress,
} from './incident-guards.ts';
import { frozen, held, stateUnreadable, stateUntrusted } from './restriction-guards.ts';
import { pinsUnreadable, staleVersion, startedBeforeRelease } from './running-guards.ts';
import { inStorm } from './storm.ts';

/** Guards that keep a rollback from being opened, in the order they are looked at, and what is done instead. */
const OPEN_GUARDS = [
  { act: 'notify', reason: 'pins-unreadable', check: pinsUnreadable },
  { act: 'record', reason: 'stale-version', check: staleVersion },
  { act: 'record', reason: 'started-before-release', check: startedBeforeRelease },
  { act: 'record', reason: 'rollback-in-progress', check: rollbackInProgress },
  { act: 'record', reason: 'already-rolled-back', check: alreadyRolledBack },
  { act: 'record', reason: 'closed-by-person', check: closedByPerson },
  { act: 'record', reason: 'closed-unanswered', check: closedUnanswered },
  { act: 'record', reason: 'too-few-firings', check: tooFewFirings },
  { act: 'record', reason: 'too-young', check: tooYoung },
  { act: 'notify', reason: 'state-unreadable', check: stateUnreadable },
  { act: 'notify', reason: 'freeze', check: frozen },
  { act: 'notify', reason: 'open-budget', check: openBudget },
  { act: 'notify', reason: 'repository-open-budget', check: repositoryOpenBudget },
] as const satisfies readonly (Guard & { readonly act: Response })[];

/** Guards that keep an open rollback from being merged without a person: it is opened for review. */
const MERGE_GUARDS = [
  { act: 'review', reason: 'hold', check: held },
  { act: 'review', reason: 'state-untrusted', check: stateUntrusted },
  { act: 'review', reason: 'storm', check: inStorm },
  { act: 'review', reason: 'repository-policy-broken', check: repositoryPolicyBroken },
  { act: 'review', reason: 'no-backtest', check: noBacktest },
  { act: 'review', reason: 'rollback-of-rollback', check: rollbackOfRollback },
  { act: 'review', reason: 'cooldown', check: cooldown },
  { act: 'review', reason: 'merge-budget', check: mergeBudget },
  { act: 'review', reason: 'repository-merge-budget', check: repositoryMergeBudget },
  { act: 'review', reason: 'release-too-old', check: releaseTooOld },
] as const satisfies readonly (Guard & { readonly act: Response })[];

/** Every reason that {@link decide} can give, in the order it looks at them. */
export const DECIDE_REASONS = [
  'resolved',
  ...OPEN_GUARDS.map(({ reason }) => reason),
  ...MERGE_GUARDS.map(({ reason }) => reason),
  'policy',
] as const satisfies readonly Reason[];

/**
 * What is not asked of the next rung. That the alert still fires after the roll-out was seen; it may well be about the
 * version before, and may have begun then. The rung goes no further back than the rollback before it.
 */
const NOT_OF_NEXT_RUNG: ReadonlySet<Reason> = new Set([
  'stale-version',
  'started-before-release',
  'too-few-firings',
  'too-young',
  'rollback-of-rollback',
]);

interface Hit extends Finding {
  readonly act: Response;
  readonly reason: Reason;
}

function findHits(
  guards: readonly (Guard & { readonly act: Response })[],
  input: DecisionInput,
): readonly Hit[] {
  return guards.flatMap(({ act, reason, check }) => {
    if (input.nextRung === true && NOT_OF_NEXT_RUNG.has(reason)) return [];
    const finding = check(input);
    return finding ? [{ act, reason, ...finding }] : [];
  });
}

/** The weaker of two acts. */
function weaker(a: Response, b: Response): Response {
  return RESPONSES.indexOf(a) < RESPONSES.indexOf(b) ? a : b;
}

/** The first hit decides; the others are told as well. */
function heldBack([first, ...others]: readonly Hit[]): Decision | undefined {
  if (!first) return undefined;
  const { act, reason, facts, recheckAt } = first;
  return {
    act,
    reason,
    facts,
    ...(others.length > 0 && { also: others.map((hit) => hit.reason) }),
    ...(recheckAt !== undefined && { recheckAt }),
  };
}

/**
 * What to do about an alert. Depends on its input alone. The act is never stronger than the policy's response to the
 * alert's severity; a guard only ever makes it weaker. All windows are half-open: the moment a time is up, it is over.
 *
 * The facts of each reason:
 * - `policy`: `severity`, `response`
 * - `resolved`: `endsAt` (instant)
 * - `pins-unreadable`: `pin`, `problem` (a sentence), `more` (how many further pins)
 * - `stale-version`: `version`, `runs` (versions joined by a comma)
 * - `started-before-release`: `startsAt`, `releasedAt` (instants), `commit`
 * - `rollback-in-progress`, `already-rolled-back`, `closed-by-person`, `closed-unanswered`: `pull` (its number), `badCommit`
 * - `hold`, `freeze`: `by` (a login), `until` (instant), `why`; each absent when it could not be read or is not so
 * - `state-untrusted`: `by` (a login)
 * - `state-unreadable`: `file`, `problem` (a sentence)
 * - `too-few-firings`: `have`, `need` (counts)
 * - `too-young`: `have`, `need` (milliseconds), `until` (instant)
 * - `storm`: `have`, `limit` (models), `within` (milliseconds), `since` (instant)
 * - `repository-policy-broken`: `file`, `line`, `column`, `problem` (a line of all of it)
 * - `no-backtest`: `why` (a `RecordReason`), `have`, `need` (in the unit of the demand; absent where it is not about one)
 * - the four budgets: `have`, `limit` (counts), `per` (milliseconds), `until` (instant; absent when never)
 * - `rollback-of-rollback`: `commit`
 * - `cooldown`: `pull`, `mergedAt`, `until` (instants)
 * - `release-too-old`: `have`, `limit` (milliseconds), `releasedAt` (instant)
 */
export function decide(input: DecisionInput): Decision {
  const { alert } = input.evidence;
  const response = input.policy.respond[alert.severity];
  if (alert.status === 'resolved') {
    const facts = { endsAt: alert.endsAt ?? alert.receivedAt };
    return { act: weaker(response, 'record'), reason: 'resolved', facts };
  }
  const asPolicySays: Decision = {
    act: response,
    reason: 'policy',
    facts: { severity: alert.severity, response },
  };
  if (response !== 'review' && response !== 'merge') return asPolicySays;
  const notOpened = heldBack(findHits(OPEN_GUARDS, input));
  if (notOpened) return notOpened;
  if (response === 'review') return asPolicySays;
  return heldBack(findHits(MERGE_GUARDS, input)) ?? asPolicySays;
}
