import type { Scenario } from './matrix.ts';

const approve: Scenario['play'] = async ({ alert, after, pull, world }) => {
  await alert({ severity: 'medium' });
  const { number } = pull();
  await after(() => world.hub.as('alice').review(world.repository, number, 'approve'));
};

export const automatic: Scenario = {
  name: 'automatic',
  fromStart: true,
  play: ({ alert }) => alert(),
};

export const reviewed: Scenario = { name: 'reviewed', play: approve };

export const reviewedWithSweep: Scenario = {
  name: 'reviewed, and swept after the restart',
  only: 'hub',
  play: approve,
  restarted: (process) => process.closeGaps(),
};

export const mergedWithoutWord: Scenario = {
  name: 'merged, but GitHub answers 502',
  play: async ({ alert, world }) => {
    world.hub.faults.once({
      method: 'PUT',
      path: /\/merge$/,
      when: 'after',
      answer: { status: 502, body: { message: 'Server Error' } },
    });
    await alert();
  },
};

export const endedByHand: Scenario = {
  name: 'resolved, and ended by hand before anybody approved',
  play: async ({ alert, after, model }) => {
    await alert({ severity: 'medium' });
    await alert({ severity: 'medium', status: 'resolved' });
    await after(() => model.ship({ model: '1.10', features: 'f-10' }));
  },
};
