import { incidentIn, isWhole, pairAt, policyAt, releaseAt, toldPair } from '../read-world.ts';
import { whyNotApproved } from '../permission.ts';
import type { PullAt, ReviewAt } from '../record.ts';
import { isMarked, stopsAt } from '../state-branch.ts';
import { openRollbacks } from '../steps/step.ts';
import type { World } from '../world.ts';
import type { Invariant } from './invariant.ts';

/** Once all is calm, an open rollback says what it waits for, waits for a person, and is still needed. */
export const openRollbacksWait: Invariant = {
  name: 'open rollbacks wait for people',
  async after(world) {
    const last = world.record.moments.at(-1);
    const found: string[] = [];
    for (const { number, body, headRef } of openRollbacks(world)) {
      const pull = last?.pulls.get(number);
      if (!pull) return [`nobody saw #${number}`];
      const said = /<!-- lastgood:status -->\n\*\*Now:\*\* (.*)\n/.exec(body)?.[1];
      if (said === undefined) found.push(`#${number} does not say what it waits for`);
      const mergeable = await whyMergeable(world, pull);
      if (mergeable !== undefined)
        found.push(`#${number} is open, though ${mergeable}; it ${said}`);
      const { model, bad } = incidentIn(headRef);
      const head = world.repository.head() ?? '';
      const is = pairAt(world, head, model);
      const was = pairAt(world, bad, model);
      const runs = is.model === was.model && is.features === was.features;
      if (policyAt(world, head, model) && isWhole(is) && !runs) {
        if (releaseAt(world, head, model) !== bad)
          found.push(`#${number} is open, and its release is gone`);
      }
    }
    return found;
  },
};

/** Why it should have been merged by now, as far as approvals say. */
async function whyMergeable(world: World, pull: PullAt): Promise<string | undefined> {
  const { model } = incidentIn(pull.branch);
  const head = world.repository.head() ?? '';
  const last = world.record.moments.at(-1);
  const stops = last && stopsAt(world, last, model);
  if (stops?.held || stops?.broken) return undefined;
  const policy = policyAt(world, head, model);
  if (!policy || policy.by !== 'lastgood' || world.beginning.protectedBranch) return undefined;
  if (isGoalMarked(world, model, pull.head)) return undefined;
  if (pull.into !== 'main' || !isWhole(pairAt(world, head, model))) return undefined;
  if (world.git.history.commit(pull.head).author.name !== 'lastgood[bot]') return undefined;
  // What was said and not taken note of may have been lost on its way. Of what one person wants in a review and in a
  // comment of the same second, nobody knows which came last.
  const sure = {
    ...pull,
    votes: pull.votes.filter((vote) => vote.counted && !isContradicted(vote, pull.reviews)),
  };
  if (whyNotApproved(world, policy, sure) !== undefined) return undefined;
  return (await world.conflicts(pull)) ? undefined : 'it is approved';
}

function isContradicted({ login, at }: ReviewAt, reviews: PullAt['reviews']): boolean {
  return reviews.some((one) => one.login === login && one.at === at && one.state !== 'COMMENTED');
}

/** Whether what it goes back to was quarantined meanwhile: then people have to let it come back first. */
function isGoalMarked(world: World, model: string, head: string): boolean {
  const own = world.record.moments.at(-1)?.state.own;
  return isMarked(world, own, model, toldPair(world, head, 'To').model);
}
