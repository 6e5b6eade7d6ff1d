import { MINUTE } from '../../src/time.ts';
import type { Scenario } from './matrix.ts';

const HUB = / hub: /;

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

/** As after every start. What a person said to a process that died then comes again before the next one says anything. */
const swept: Pick<Scenario, 'restarted'> = { restarted: (process) => process.closeGaps() };

export const reviewedWithSweep: Scenario = {
  name: 'reviewed, and swept after the restart',
  only: HUB,
  play: approve,
  ...swept,
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

export const askedFor: Scenario = {
  name: 'asked for by one person and approved by another',
  play: async ({ say, after, pull, world }) => {
    await say('alice', '/rollback fraud --reason "Scores drift since noon"');
    const { number } = pull();
    await after(() => world.hub.as('erin').comment(world.repository, number, '/approve'));
  },
  ...swept,
};

export const heldAndLifted: Scenario = {
  name: 'held before the alert, and lifted',
  only: HUB,
  play: async ({ say, alert }) => {
    await say('mallory', '/hold fraud Let me look first');
    await alert();
    await say('alice', '/unhold fraud It is the model');
  },
  ...swept,
};

export const quarantined: Scenario = {
  name: 'the release before is quarantined, so it goes one further',
  only: HUB,
  play: async ({ say, alert }) => {
    await say('bob', '/quarantine fraud 1.10 It leaks labels');
    await alert();
  },
  ...swept,
};

export const relanded: Scenario = {
  name: 'rolled back, relanded and shipped again',
  only: HUB,
  play: async ({ say, alert, after, model }) => {
    await alert();
    await say('alice', '/reland fraud 1.11 The threshold was wrong');
    await after(() => model.ship({ model: '1.11', features: 'f-11' }));
  },
  ...swept,
};

export const rejected: Scenario = {
  name: 'rejected, and the alert comes again',
  play: async ({ alert, after, pull, world }) => {
    await alert({ severity: 'medium' });
    const { number } = pull();
    await after(() =>
      world.hub.as('alice').comment(world.repository, number, '/reject It is the sensor'),
    );
    await alert({ severity: 'medium' });
  },
  ...swept,
};

export const frozen: Scenario = {
  name: 'frozen before the alert, and lifted',
  only: HUB,
  prepare({ hub, repository }) {
    hub.user('rosa', { name: 'Rosa', email: 'rosa@acme.example' });
    repository.grant('rosa', 'maintain');
  },
  play: async ({ say, alert }) => {
    await say('alice', '/freeze An audit is under way');
    await alert();
    await say('rosa', '/unfreeze It is over');
  },
  ...swept,
};

export const designated: Scenario = {
  name: 'an older release is designated as good before the alert',
  only: HUB,
  play: async ({ say, alert }) => {
    await say('alice', '/baseline fraud 1.9 It passed the review');
    await alert();
  },
  ...swept,
};

export const drilled: Scenario = {
  name: 'a drill',
  only: HUB,
  play: ({ say }) => say('alice', '/drill fraud'),
  ...swept,
};

export const drilledThere: Scenario = {
  name: 'a drill in the environment of drills',
  only: HUB,
  policy: { drills: { every: 'never', environment: 'production' } },
  play: ({ say }) => say('alice', '/drill fraud'),
  ...swept,
};

export const inSlack: Scenario = {
  name: 'asked for in Slack by one person, and approved there by another',
  // What is asked is noted, then stored, then done, told and answered.
  only: / slack: | hub: (PUT|DELETE|POST \/issues)| database: insert (document|item)\b/,
  slack: { U0ALICE: 'alice', U0ERIN: 'erin' },
  policy: { notify: { slack: '#ml-alerts', issue: false } },
  play: async ({ type, press, fromHere }) => {
    await type('U0ALICE', 'rollback fraud --reason "Scores drift since noon"');
    fromHere();
    await press('U0ERIN', 'Approve');
  },
  ...swept,
};

/** The last rung of its ladder is a retrain. */
const RETRAINED = {
  verify: { rollOut: { by: 'none' }, within: '15m', watch: '2h' },
  limits: { cooldown: '0s', merge: '9 per 24h', open: '20 per 24h' },
  ladder: ['release', 'retrain'],
  retrain: { event: 'retrain-model' },
};

export const retrained: Scenario = {
  name: 'the rollback does not help, and the last rung is a retrain',
  policy: RETRAINED,
  only: HUB,
  play: async ({ alert, pass, fromHere }) => {
    await alert();
    fromHere();
    await pass(16 * MINUTE);
  },
  ...swept,
};

export const retrainAskedFor: Scenario = {
  name: 'a retrain is asked for',
  only: HUB,
  policy: RETRAINED,
  play: ({ say }) => say('alice', '/retrain fraud The world has changed'),
  ...swept,
};
