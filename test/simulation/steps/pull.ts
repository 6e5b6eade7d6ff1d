import { PEOPLE } from '../model.ts';
import { act, openRollbacks, rollbacks, type StepKind } from './step.ts';

export const close: StepKind = {
  name: 'close',
  weight: () => 3,
  possible: (world) => openRollbacks(world).length > 0,
  perform(world, random) {
    const { number } = random.pick(openRollbacks(world));
    return act(world, `alice: closes #${number}`, () =>
      world.hub.as('alice').closePull(world.repository, number),
    );
  },
};

export const reopen: StepKind = {
  name: 'reopen',
  weight: () => 4,
  possible: (world) => closed(world).length > 0,
  perform(world, random) {
    const { number } = random.pick(closed(world));
    return act(world, `bob: reopens #${number}`, async () => {
      // Whatever was approved before does not count any more, from this moment on.
      const before = world.record.reopened.get(number);
      world.record.reopened.set(number, world.hub.world.now());
      try {
        await world.hub.as('bob').reopenPull(world.repository, number);
      } catch (error) {
        if (before === undefined) world.record.reopened.delete(number);
        else world.record.reopened.set(number, before);
        throw error;
      }
    });
  },
};

const closed = (world: Parameters<StepKind['weight']>[0]) =>
  rollbacks(world).filter(({ state, mergedAt }) => state === 'closed' && mergedAt === undefined);

export const mergeByHand: StepKind = {
  name: 'merge-by-hand',
  weight: () => 3,
  possible: (world) => openRollbacks(world).length > 0,
  perform(world, random) {
    const { number } = random.pick(openRollbacks(world));
    const login = random.pick(PEOPLE);
    const method = random.pick(['squash', 'merge', 'rebase'] as const);
    return act(world, `${login}: merges #${number} by hand (${method})`, () =>
      world.hub.as(login).mergePull(world.repository, number, method),
    );
  },
};

/** Somebody points it at another branch, or back. */
export const retarget: StepKind = {
  name: 'retarget',
  weight: () => 2,
  possible: (world) => openRollbacks(world).length > 0,
  perform(world, random) {
    const { number, baseRef } = random.pick(openRollbacks(world));
    const base = baseRef === 'main' ? 'side' : 'main';
    return act(world, `mallory: points #${number} at ${base}`, async () => {
      const head = world.repository.head();
      if (!world.repository.head('side') && head !== undefined) {
        await world.repository.commit({
          by: 'mallory',
          message: 'Start a side branch',
          files: { 'side.txt': 'side\n' },
          branch: 'side',
        });
      }
      await world.hub.as('mallory').editPull(world.repository, number, { base });
    });
  },
};
