import { PEOPLE } from '../model.ts';
import { act, openRollbacks, type StepKind } from './step.ts';

/** Somebody reviews an open rollback, who may have a say or not, and may look at an older head. */
export const review: StepKind = {
  name: 'review',
  // Where people talk, a hold should have approvals to stand against.
  weight: ({ beginning }) => (beginning.talk ? 45 : 14),
  possible: (world) => openRollbacks(world).length > 0,
  perform(world, random) {
    const pull = random.pick(openRollbacks(world));
    const login = random.pick([...PEOPLE, 'alice', 'bob'] as const);
    const verdict = random.weighted([
      [7, 'approve'],
      [2, 'request-changes'],
      [1, 'comment'],
    ] as const);
    const older = random.chance(0.15) ? world.git.history.commit(pull.head).parents[0] : undefined;
    const options = older === undefined ? {} : { commit: older };
    return act(world, `${login}: ${verdict} #${pull.number}`, () =>
      world.hub.as(login).review(world.repository, pull.number, verdict, options),
    );
  },
};

/** Somebody takes a review back. */
export const dismiss: StepKind = {
  name: 'dismiss',
  weight: () => 2,
  possible: (world) => openRollbacks(world).some(({ reviews }) => reviews.length > 0),
  perform(world, random) {
    const pull = random.pick(openRollbacks(world).filter(({ reviews }) => reviews.length > 0));
    const { id, user } = random.pick(pull.reviews);
    return act(world, `bob: dismisses the review of ${user.login} of #${pull.number}`, async () =>
      world.hub.as('bob').dismiss(world.repository, pull.number, id),
    );
  },
};
