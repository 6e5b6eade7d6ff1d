/**
 * Whether a merge by Lastgood was allowed, worked out from the hub's own records alone: who approved which head when,
 * what the policy on the default branch said, what was held and frozen, whether the alert fired, who asked for it, how
 * much had been merged lately.
 */
import { parseDuration } from '../../src/time.ts';
import { SEVERITIES, type Policy } from './manifests.ts';
import { incidentIn, pairAt, policyAt, releaseAt, toldPair, trailersOf } from './read-world.ts';
import type { AlertState, Moment, PullAt } from './record.ts';
import { isNamed, mightCommand } from './roles.ts';
import { stopsAt } from './state-branch.ts';
import type { World } from './world.ts';

/** Why a pull request may not be merged as of a moment; undefined when it may. */
export function whyNotMerged(world: World, moment: Moment, pull: PullAt): string | undefined {
  const { model, bad } = incidentIn(pull.branch);
  const policy = policyAt(world, moment.head, model);
  if (!policy) return 'no valid policy';
  if (pull.into !== world.repository.state.defaultBranch) return `it goes to ${pull.into}`;
  if (isForeign(world, pull)) return 'somebody pushed to its branch';
  const stops = stopsAt(world, moment, model);
  if (stops.held) return `${model} is held`;
  if (stops.broken) return 'nobody can read the state';
  const unapproved = whyNotApproved(world, policy, pull);
  if (unapproved === undefined) return undefined;
  const byItself = stops.frozen || stops.untrusted;
  if (byItself) return `${unapproved}; and by itself: ${stops.frozen ? 'frozen' : 'tampered with'}`;
  if (isRepair(world, model, bad)) {
    return blockers(policy, pull).length > 0 ? 'a repair with an objection' : undefined;
  }
  if (breaksGlass(world, moment, pull)) {
    return blockers(policy, pull).length > 0 ? 'break-glass with an objection' : undefined;
  }
  const unlicensed = whyNotByItself(world, moment, policy, pull);
  return unlicensed === undefined ? undefined : `${unapproved}; and by itself: ${unlicensed}`;
}

function isForeign({ git }: World, { head }: PullAt): boolean {
  return git.history.commit(head).author.name !== 'lastgood[bot]';
}

function eligible(policy: Policy, pull: PullAt, login: string): boolean {
  if (login.endsWith('[bot]') || pull.authors.includes(login)) return false;
  return login !== pull.asked?.login && isNamed(policy.from, login);
}

/** Whether somebody who may break the glass asked for it, and for it to merge at once. */
function breaksGlass(world: World, moment: Moment, { asked, reopenedAt }: PullAt): boolean {
  if (!asked || reopenedAt !== undefined) return false;
  return world.record.said.some(
    (said) =>
      said.login === asked.login &&
      said.at === asked.at &&
      said.commands.some(
        (one) => one.name === 'rollback' && one.now && mightCommand(world, said, one, moment.seq),
      ),
  );
}

/** What each person wants now, by review or by command. */
function deciding({ reviews, votes }: PullAt): PullAt['reviews'] {
  const latest = new Map<string, PullAt['reviews'][number]>();
  for (const review of [...reviews, ...votes].toSorted((a, b) => a.at - b.at)) {
    if (review.state !== 'COMMENTED') latest.set(review.login, review);
  }
  return [...latest.values()];
}

function blockers(policy: Policy, pull: PullAt): readonly string[] {
  return deciding(pull)
    .filter(({ state, login }) => state === 'CHANGES_REQUESTED' && eligible(policy, pull, login))
    .map(({ login }) => login);
}

export function whyNotApproved(world: World, policy: Policy, pull: PullAt): string | undefined {
  if (policy.by === 'github') {
    // The hub itself refuses what its rules forbid, and Lastgood is nobody who bypasses them.
    return world.beginning.protectedBranch ? undefined : 'no rule of the branch asks for reviews';
  }
  const approvers = deciding(pull).filter(
    ({ state, login, commit, at }) =>
      state === 'APPROVED' &&
      commit === pull.head &&
      at >= (pull.reopenedAt ?? 0) &&
      eligible(policy, pull, login),
  );
  const against = blockers(policy, pull);
  if (against.length > 0) return `${against.join(', ')} asked for changes`;
  if (approvers.length >= policy.required) return undefined;
  return `${approvers.length} of ${policy.required} approvals for ${pull.head.slice(0, 8)}`;
}

/** Whether what it goes away from is a mixed pair that a rollback left standing. */
function isRepair(world: World, model: string, bad: string): boolean {
  if (trailersOf(world, bad, 'To').length === 0) return false;
  const to = toldPair(world, bad, 'To');
  const is = pairAt(world, bad, model);
  return is.model !== to.model || is.features !== to.features;
}

function whyNotByItself(
  world: World,
  moment: Moment,
  policy: Policy,
  pull: PullAt,
): string | undefined {
  const { model, bad } = incidentIn(pull.branch);
  if (blockers(policy, pull).length > 0) return 'somebody asked for changes';
  if (pull.reopenedAt !== undefined) return 'a person closed and reopened it';
  if (trailersOf(world, bad, 'Target').length > 0) return 'it goes away from a rollback';
  const releasedAt = world.git.history.commit(releaseAt(world, bad, model)).committer.at;
  const age = moment.now - releasedAt;
  if (age > length(policy.maxReleaseAge))
    return `the release is older than ${policy.maxReleaseAge}`;
  const alerts = [...moment.alerts.values()].filter(({ labels }) => labels.model === model);
  const reasons = alerts.map((alert) => whyNotFor(world, moment, policy, bad, alert));
  if (!reasons.includes(undefined)) return reasons.join(', ') || 'no alert fires';
  return whyNotInBudget(world, moment, policy, pull);
}

function whyNotFor(
  world: World,
  moment: Moment,
  policy: Policy,
  bad: string,
  { labels, firing, startsAt, count }: AlertState,
): string | undefined {
  const { name, model, severity, version, environment } = labels;
  if (firing === 'no') return `${name} does not fire`;
  if (environment !== undefined && environment !== 'production') return `${name} is elsewhere`;
  if (!SEVERITIES.includes(severity) || policy.respond[severity] !== 'merge') {
    return `${name} is ${severity}, for which the policy says ${policy.respond[severity]}`;
  }
  if (version !== undefined && version !== pairAt(world, bad, model).model) {
    return `${name} is about ${version}`;
  }
  const { committer } = world.git.history.commit(bad);
  if (count < policy.consecutive) return `${name} fired ${count} times`;
  if (moment.now < startsAt + length(policy.minAge)) return `${name} is too young`;
  // A commit is dated to the second.
  return startsAt < committer.at - 1000 ? `${name} began before the release` : undefined;
}

function whyNotInBudget(
  world: World,
  moment: Moment,
  policy: Policy,
  pull: PullAt,
): string | undefined {
  const { model } = incidentIn(pull.branch);
  const merged = world.repository
    .pulls()
    .filter(
      (one) =>
        one.number !== pull.number &&
        one.headRef.startsWith('lastgood/') &&
        incidentIn(one.headRef).model === model &&
        one.mergedAt !== undefined &&
        one.mergedAt <= moment.now &&
        (world.mergedAfter(one.number) ?? 0) < moment.seq,
    );
  const [count = '', per = ''] = policy.merge.split(' per ');
  const automatic = merged.filter(
    (one) =>
      trailersOf(world, one.mergeCommit ?? '', 'Mode')[0] === 'automatic' &&
      (one.mergedAt ?? 0) > moment.now - length(per),
  );
  if (automatic.length >= Number(count)) return `over the budget of ${policy.merge}`;
  const cooling = merged.some((one) => (one.mergedAt ?? 0) + length(policy.cooldown) > moment.now);
  return cooling ? `within the cool-down of ${policy.cooldown}` : undefined;
}

function length(text: string): number {
  return parseDuration(text) ?? 0;
}
