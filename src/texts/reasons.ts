import type { Alert } from '../alerts/alert.ts';
import type { Decision, Reason } from '../decision/decision.ts';
import type { Response } from '../policy/policy.ts';
import type { TargetKey } from '../target.ts';
import { formatDuration, formatInstant } from '../time.ts';
import { recordWords } from './backtest-record.ts';
import { flatten } from './escape.ts';
import { count, listOf } from './names.ts';

export interface DecisionContext {
  readonly alert: Pick<Alert, 'name' | 'severity' | 'model' | 'environment'>;
  /** The target the alert is about; absent when it is nobody's. */
  readonly target?: TargetKey;
}

/** Sentences of other rooms are longer than names. */
const LONGEST_WHY = 600;

/** How text from outside is written: plain by default, `inCode` for Markdown. */
export type Say = (text: string, longest?: number) => string;

/**
 * What Lastgood does about an alert, why, and what happens next, for a person who is woken by it. Reads the facts
 * that `decide` documents.
 */
export function decisionSentence(
  decision: Decision,
  context: DecisionContext,
  say: Say = flatten,
): string {
  const { alert, target } = context;
  const about = say(
    target ?? `${alert.model}${alert.environment ? ` in ${alert.environment}` : ''}`,
  );
  const instead = decision.act === 'review' ? ' Approve it to roll back, or close it.' : '';
  return `${opening(decision.act, about)}: ${why(decision, context, say, instead)}${also(decision)}`;
}

/** The same without what is done, and what may be done instead: why so, and what else is in the way. */
export function whySentence(
  decision: Decision,
  context: DecisionContext,
  say: Say = flatten,
): string {
  return `${why(decision, context, say, '')}${also(decision)}`;
}

function also({ also: more = [] }: Decision): string {
  return more.length === 0 ? '' : ` Also in the way: ${listOf(more.map(reasonName))}.`;
}

function opening(act: Response, about: string): string {
  switch (act) {
    case 'merge':
      return `Rolling back ${about} now`;
    case 'review':
      return `Opening a rollback of ${about} for review`;
    case 'notify':
      return `People are needed for ${about}`;
    case 'record':
      return `Recorded for ${about}, nothing changed`;
    case 'ignore':
      return `Nothing to do for ${about}`;
  }
}

function why(
  { act, reason, facts, recheckAt }: Decision,
  context: DecisionContext,
  say: Say,
  instead: string,
): string {
  const alert = say(context.alert.name);
  const text = (name: string): string => say(String(facts[name] ?? 'unknown'));
  const number = (name: string): number => Number(facts[name] ?? 0);
  const pull = `#${number('pull')}`;
  const time = (name: string): string =>
    facts[name] === undefined ? 'an unknown time' : at(number(name));
  const length = (name: string): string => formatDuration(number(name));
  const hint = facts['suggestion'] === undefined ? '' : ` Did you mean ${text('suggestion')}?`;
  const problem =
    facts['problem'] === undefined ? '' : ` ${say(sentence(facts['problem']), LONGEST_WHY)}`;

  switch (reason) {
    case 'policy':
      return `${alert} is ${context.alert.severity}, and the policy says ${act} for that.${instead}`;
    case 'returned':
      return facts['again'] === undefined
        ? `${text('version')}, which is quarantined, came back past the check with ${text('commit')}, and the policy says ${act} for that.${instead}`
        : `${text('version')}, which is quarantined, came back past the check with ${text('commit')}, after it was rolled back for that once before. Lastgood answers that once only: find what brings it back, stop it, and roll back with /rollback or by hand.`;
    case 'unknown-repository':
      return `${alert} names the repository ${text('repository')}, where Lastgood is not installed. Install it there, or mend the alert.`;
    case 'unknown-model':
      return `${alert} names the model ${say(context.alert.model)}, and no policy is about it.${hint} Add a policy file, or mend the alert's label.`;
    case 'unknown-environment':
      return `${alert} names the environment ${text('environment')}, and the policy of ${say(context.alert.model)} has ${text('known')}.${hint}`;
    case 'environment-ambiguous':
      return `${alert} names no environment, and the policy of ${say(context.alert.model)} has ${text('known')}. Add the label to the alert.`;
    case 'policy-broken':
      return `its policy file ${text('file')} has a mistake, so no rollback happens.${problem} Run lastgood validate, and mend the file.`;
    case 'resolved':
      return `${alert} resolved at ${time('endsAt')}.`;
    case 'stale-version':
      return `${alert} is about version ${text('version')}, and ${text('runs')} runs. An alert about what runs now would count.`;
    case 'started-before-release':
      return `${alert} began at ${time('startsAt')}, before the release that runs now came at ${time('releasedAt')}. It speaks against an earlier release.`;
    case 'rollback-in-progress':
      return `pull request ${pull} for this release is open already and goes on.`;
    case 'already-rolled-back':
      return `pull request ${pull} rolled this release back already. It runs again, or ${alert} is late; people have to look.`;
    case 'rung-followed':
      return `pull request ${pull} rolled it back, and whether that helps is being watched. If it does not, the next rung of the policy's ladder is taken.`;
    case 'closed-by-person':
      return `somebody closed pull request ${pull} for this release. That is a no, and it is not opened again.`;
    case 'closed-unanswered':
      return `nobody decided about pull request ${pull} for this release in time, so it was closed. It is not opened again by itself; /retry reopens it.`;
    case 'too-few-firings':
      return `${alert} fired ${count(number('have'), 'time')} in a row, and the policy waits for ${number('need')}.`;
    case 'too-young':
      return `${alert} has been firing for ${length('have')}, and the policy waits for ${length('need')}. It is looked at again at ${at(recheckAt ?? number('until'))}.`;
    case 'pins-unreadable':
      return `nobody can tell what runs, because the pin ${text('pin')} cannot be read. ${say(String(facts['problem'] ?? ''), LONGEST_WHY)} Mend the file on the default branch.`;
    case 'hold':
      return `${restriction('holds it', facts, say)}. Nothing merges until the hold is lifted (/unhold) or its time is up. The pull request stands ready for review.`;
    case 'freeze':
      return `${restriction('froze this repository', facts, say)}. Lastgood does nothing by itself until that is lifted (/unfreeze) or its time is up. Roll back by hand, or with /rollback.`;
    case 'state-untrusted':
      return `${text('by')} wrote to the branch of Lastgood's state, so what it allows may not be so, and nothing merges by itself.${instead}`;
    case 'state-unreadable':
      return `nobody can tell what is held or frozen, because ${text('file')} cannot be read (${say(String(facts['problem'] ?? 'it is broken').replace(/\.$/, ''), LONGEST_WHY)}). Mend the file on the branch of Lastgood's state; until then people roll back.`;
    case 'storm':
      return `${count(number('have'), 'model')} of this repository began to fail within ${length('within')}, and the policy calls ${number('limit')} a storm: so much at once is rarely the fault of a release. Nothing merges by itself until it is over.${instead}`;
    case 'repository-policy-broken':
      return `${text('file')} cannot be read, so nobody knows how much may merge by itself, and nothing does.${problem} Run lastgood validate, and mend the file.${instead}`;
    case 'no-backtest':
      return `the policy lets nothing merge by itself without a passed backtest, and ${recordWords(facts)}. Run lastgood backtest with --record, and bring the record to the default branch.${instead}`;
    case 'rollback-of-rollback':
      return `the release that runs came by a rollback itself, and Lastgood never undoes one by itself.${instead}`;
    case 'cooldown':
      return `pull request ${pull} rolled it back at ${time('mergedAt')}, and nothing merges by itself until ${time('until')}.${instead}`;
    case 'merge-budget':
    case 'repository-merge-budget':
    case 'open-budget':
    case 'repository-open-budget':
      return `${budget(reason, number('have'), number('limit'), length('per'))}.${facts['until'] === undefined ? '' : ` There is room again at ${time('until')}.`}${instead}`;
    case 'release-too-old':
      return `the release that runs came ${length('have')} ago, and the policy merges by itself only within ${length('limit')}.${instead}`;
    case 'no-goal':
      return `there is no good release to go back to. ${say(String(facts['why'] ?? ''), LONGEST_WHY)} Ship a good one, or name a fallback in the policy.`;
    case 'plan-failed':
      return `the rollback cannot be made. ${say(String(facts['why'] ?? ''), LONGEST_WHY)} Roll back by hand.`;
    case 'requested':
      return `${text('by')} asked for it: ${say(String(facts['why'] ?? ''), LONGEST_WHY)}.${instead}`;
    case 'break-glass':
      return `${text('by')} broke the glass, so it merges without approvals: ${say(String(facts['why'] ?? ''), LONGEST_WHY)}. Somebody has to review it afterwards.`;
    case 'mixed-pair':
      return `while pull request ${pull} merged, somebody changed another pin, and what stands now never ran together. The last good release is brought back whole.${instead}`;
  }
}

/** What a further reason is called in a list. */
export function reasonName(reason: Reason): string {
  return NAMES[reason];
}

const NAMES: Readonly<Record<Reason, string>> = {
  policy: 'the policy',
  returned: 'a quarantined version that came back',
  'unknown-repository': 'an unknown repository',
  'unknown-model': 'an unknown model',
  'unknown-environment': 'an unknown environment',
  'environment-ambiguous': 'no environment named',
  'policy-broken': 'a broken policy file',
  resolved: 'the alert resolved',
  'stale-version': 'an alert about another version',
  'started-before-release': 'an alert older than the release',
  'rollback-in-progress': 'a rollback that is open',
  'already-rolled-back': 'an earlier rollback of this release',
  'rung-followed': 'a rollback that is being watched',
  'closed-by-person': 'a rollback that somebody closed',
  'closed-unanswered': 'a rollback that nobody decided about in time',
  'too-few-firings': 'too few notifications',
  'too-young': 'an alert that fires too shortly',
  'pins-unreadable': 'pins that cannot be read',
  hold: 'a hold',
  freeze: 'a freeze',
  'state-untrusted': 'a state that somebody else wrote',
  'state-unreadable': 'a state that cannot be read',
  storm: 'a storm',
  'repository-policy-broken': 'settings of the repository that cannot be read',
  'no-backtest': 'the want of a passed backtest',
  'rollback-of-rollback': 'a rollback of a rollback',
  cooldown: 'the cool-down',
  'merge-budget': "the target's merge budget",
  'repository-merge-budget': "the repository's merge budget",
  'release-too-old': 'the age of the release',
  'open-budget': "the target's budget of pull requests",
  'repository-open-budget': "the repository's budget of pull requests",
  'no-goal': 'no good release',
  'plan-failed': 'a plan that cannot be made',
  requested: 'somebody asked for it',
  'break-glass': 'somebody broke the glass',
  'mixed-pair': 'a pair that never ran together',
};

/** `ann holds it until …: why`, with what is known of it. */
function restriction(did: string, facts: Decision['facts'], say: Say): string {
  const who = facts['by'] === undefined ? 'somebody' : say(String(facts['by']));
  const until = facts['until'] === undefined ? '' : ` until ${at(Number(facts['until']))}`;
  const why = facts['why'] === undefined ? '' : `: ${say(String(facts['why']), LONGEST_WHY)}`;
  return `${who} ${did}${until}${why.replace(/[.!?]+$/, '')}`;
}

function budget(
  reason: 'merge-budget' | 'repository-merge-budget' | 'open-budget' | 'repository-open-budget',
  have: number,
  limit: number,
  per: string,
): string {
  const whose = reason.startsWith('repository') ? 'the whole repository' : 'this target';
  const what = reason.endsWith('merge-budget') ? 'merged automatically' : 'opened';
  return `${count(have, 'rollback')} of ${whose} ${have === 1 ? 'was' : 'were'} ${what} within ${per}, and the policy allows ${limit}`;
}

/** Ends with a full stop. */
function sentence(text: string | number): string {
  return `${String(text).replace(/\.$/, '')}.`;
}

function at(instant: number): string {
  return Number.isFinite(instant) && Math.abs(instant) <= 8.64e15
    ? formatInstant(instant)
    : 'an unknown time';
}
