import type { TargetPolicy } from '../../policy/policy.ts';
import { formatDuration, SECOND } from '../../time.ts';
import { checkBacktest } from './check-backtest.ts';
import { aroundIt, MARGIN, repairs, type Say, type SeenRollback } from './seen.ts';

/** Whether somebody had stopped it: a hold stops every merge of a target, a freeze what nobody approved. */
export function checkStops({ restrictions, record, at, merged }: SeenRollback, say: Say): void {
  // Whoever presses the button at GitHub is not stopped by what Lastgood keeps.
  if (merged === 'person') return;
  const { hold, freeze } = restrictions;
  if (hold && hold.since < at - MARGIN) {
    say('held', `it merged while the target was held, since ${moment(hold.since)}.`);
  }
  if (freeze && freeze.since < at - MARGIN && record.mode === 'automatic') {
    say(
      'held',
      `it merged by itself while the repository was frozen, since ${moment(freeze.since)}.`,
    );
  }
}

function moment(at: number): string {
  return new Date(at).toISOString();
}

/** Whether the policy of that moment let it merge by itself, within all its limits. */
export function checkLicense(seen: SeenRollback, policy: TargetPolicy, say: Say): void {
  const { record } = seen;
  if (repairs(seen)) return;
  if (record.requestedBy !== undefined && record.unansweredFor === undefined) {
    if (policy.breakGlass.length === 0)
      say('not-allowed', 'somebody broke the glass, and the policy names nobody who may.');
    return;
  }
  if (record.unansweredFor !== undefined) checkSilence(record.unansweredFor, policy, say);
  else checkResponse(seen, policy, say);
  checkBacktest(seen, policy, say);
  checkBudgets(seen, policy, say);
  checkCooldown(seen, policy, say);
  checkAge(seen, policy, say);
  checkStorm(seen, say);
}

function checkResponse(
  { record }: SeenRollback,
  { respond, onReturn }: TargetPolicy,
  say: Say,
): void {
  const { severity, source } = record;
  const response =
    source === 'lastgood'
      ? onReturn
      : (Object.entries(respond).find(([one]) => one === severity)?.[1] ?? 'none');
  if (response === 'merge') return;
  say('not-allowed', `it merged by itself, and the policy says ${response} for ${severity}.`);
}

/** Nobody decided, and it merged: the policy has to say so, after that very time. */
function checkSilence(unanswered: number, { approvals }: TargetPolicy, say: Say): void {
  if (approvals.onTimeout !== 'merge' || approvals.by === 'github') {
    say('not-allowed', 'it merged because nobody decided, and the policy does not merge then.');
  } else if (unanswered !== approvals.timeout / SECOND) {
    say(
      'not-allowed',
      `it merged because nobody decided for ${unanswered} s, and the policy waits ${approvals.timeout / SECOND} s.`,
    );
  }
}

function checkBudgets(seen: SeenRollback, { limits }: TargetPolicy, say: Say): void {
  const { record, repository, at, ledger } = seen;
  const own = ledger.automaticWithin(at, limits.merge.per, record.target) + 1;
  if (own > limits.merge.count) {
    say(
      'over-budget',
      `it was automatic merge ${own} of ${limits.merge.count} that the target may have.`,
    );
  }
  const { count, per } = repository.limits.merge;
  const all = ledger.automaticWithin(at, per) + 1;
  if (all > count) {
    say('over-budget', `it was automatic merge ${all} of ${count} that the repository may have.`);
  }
}

/** Whether the rollback of the target before it, by whomever, was long enough ago. */
function checkCooldown(
  { record, at, ledger }: SeenRollback,
  { limits }: TargetPolicy,
  say: Say,
): void {
  const last = ledger.last(record.target);
  if (!last || at - last.at >= limits.cooldown - SECOND) return;
  const apart = formatDuration(Math.max(0, at - last.at));
  say(
    'too-soon',
    `it merged by itself ${apart} after the rollback before it, and the policy wants ${formatDuration(limits.cooldown)} between them.`,
  );
}

/** Whether what it went away from was no rollback itself, but for the next rung, and not too old to be at fault. */
function checkAge(seen: SeenRollback, { limits }: TargetPolicy, say: Say): void {
  const { before } = aroundIt(seen);
  const { record, ledger, at } = seen;
  if (!before) return;
  if (record.rung.number === 1 && ledger.at(before.commit)?.record.target === record.target) {
    say('not-allowed', 'it went back from what a rollback had brought, which needs a person.');
  }
  if (at - before.at > limits.maxReleaseAge + MARGIN) {
    say(
      'not-allowed',
      `what it went away from had run for ${formatDuration(at - before.at)}, and the policy merges by itself up to ${formatDuration(limits.maxReleaseAge)}.`,
    );
  }
}

/** Whether so many models were rolled back together that no release was at fault. */
function checkStorm({ record, repository, ledger }: SeenRollback, say: Say): void {
  const { count, within } = repository.storm.models;
  const model = record.target.slice(record.target.indexOf('/') + 1);
  const models = ledger.modelsWithin(record.decided, within - MARGIN, model, count);
  if (models < count) return;
  say(
    'in-storm',
    `it was model ${models} that was rolled back by itself within ${formatDuration(within)}, and from ${count} on the policy calls that a storm.`,
  );
}
