import { TROUBLE, type Fault } from '../../../fixtures/hub/faults.ts';
import { featuresFile, featuresText } from '../manifests.ts';
import { observe } from '../observe.ts';
import { incidentIn } from '../read-world.ts';
import { openRollbacks, type StepKind } from './step.ts';

const FIELDS = ['createRef', 'createCommitOnBranch', 'createPullRequest'];
const WHERE: readonly Pick<Fault, 'method' | 'path' | 'field'>[] = [
  {},
  {},
  { method: 'PUT', path: /\/merge$/ },
  { method: 'PUT', path: /\/merge$/ },
  { path: /\/graphql$/ },
  { path: /\/pulls/ },
  { path: /\/access_tokens$/ },
  { path: /\/reviews$/ },
  { path: /\/collaborators\/|\/teams\// },
  { method: 'PATCH' },
  { method: 'DELETE' },
  { method: 'POST' },
];

/** GitHub fails some of the next requests, before or after their effect. */
export const fault: StepKind = {
  name: 'fault',
  weight: () => 10,
  perform(world, random) {
    const where = random.pick(WHERE);
    const [name, answer] = random.pick([
      ['500', TROUBLE.serverError],
      ['502', TROUBLE.badGateway],
      ['503', TROUBLE.unavailable],
      ['a reset', 'reset'],
      // A read that is limited for a minute or less is repeated by Octokit after that time, by the machine's clock.
      ['a secondary limit', TROUBLE.secondaryLimit(random.pick([61, 300]))],
      ['a secondary limit (429)', TROUBLE.secondaryLimit(90, 429)],
      ['a primary limit', TROUBLE.primaryLimit(Math.floor(world.now() / 1000) + 600)],
    ] as const);
    const when = random.pick(['before', 'before', 'after'] as const);
    const times = random.weighted([
      [5, 1],
      [2, 3],
      [1, 8],
    ] as const);
    const skip = random.pick([0, 0, 1, 2]);
    world.faults += 1;
    world.hub.faults.add({ ...where, answer, when, times, skip });
    const at = `${where.method ?? ''} ${where.path?.source ?? 'anything'}`.trim();
    return Promise.resolve(`GitHub: ${name} ${when} the effect of ${at}, ${times} times`);
  },
};

/** One of the mutations of a request fails by itself. */
export const fieldFault: StepKind = {
  name: 'field-fault',
  weight: () => 3,
  perform(world, random) {
    const field = random.pick(FIELDS);
    const when = random.pick(['before', 'after'] as const);
    world.faults += 1;
    world.hub.faults.add({
      field,
      when,
      answer: { type: 'INTERNAL', message: 'Something went wrong while executing your query.' },
    });
    return Promise.resolve(`GitHub: ${field} fails ${when} its effect`);
  },
};

export const gitTrouble: StepKind = {
  name: 'git-trouble',
  weight: () => 2,
  perform(world, random) {
    world.faults += 1;
    world.gitFailures += random.pick([1, 1, 3]);
    return Promise.resolve(`git: ${world.gitFailures} transfers will fail`);
  },
};

/** Webhooks are lost, come twice, late, or in another order. */
export const deliveries: StepKind = {
  name: 'deliveries',
  weight: () => 5,
  perform(world, random) {
    const { held } = world.hub.world.deliveries;
    if (held.length > 0 && random.chance(0.6)) {
      const order = random.pick(['same', 'reversed'] as const);
      const what = `GitHub: ${held.length} held webhooks arrive, ${order}`;
      world.hub.releaseDeliveries(order);
      return Promise.resolve(what);
    }
    const fate = random.pick(['lose', 'duplicate', 'hold'] as const);
    const times = random.pick([1, 2, 5, 20]);
    world.faults += 1;
    world.hub.faults.deliveries(fate, { times });
    return Promise.resolve(`GitHub: the next ${times} webhooks: ${fate}`);
  },
};

export const slowMergeability: StepKind = {
  name: 'slow-mergeability',
  weight: () => 2,
  perform(world, random) {
    const { settings } = world.repository;
    settings.mergeabilityReads = random.pick([0, 1, 3]);
    settings.mergeWhileUnknown = random.pick(['compute', 'refuse']);
    world.faults += 1;
    return Promise.resolve(
      `GitHub: mergeability after ${settings.mergeabilityReads} reads, ${settings.mergeWhileUnknown} when unknown`,
    );
  },
};

/** Right before the next merge somebody changes a file on the default branch: a pin that the plan may not touch. */
export const baseMoves: StepKind = {
  name: 'base-moves',
  weight: () => 5,
  perform(world, random) {
    const refuses = random.chance(0.4);
    world.newest += 1;
    const { newest } = world;
    world.faults += 1;
    const stop = world.hub.onCall(async (phase, { method, path }) => {
      if (phase !== 'before' || method !== 'PUT' || !path.endsWith('/merge')) return;
      stop();
      const pull = openRollbacks(world)[0];
      if (!pull) return;
      const { model } = incidentIn(pull.headRef);
      await world.repository.commit({
        by: 'mallory',
        message: `Take the features f-${newest} of ${model} at the wrong moment`,
        files: { [featuresFile(model)]: featuresText(model, `f-${newest}`) },
      });
      observe(world);
    });
    if (refuses) {
      world.hub.faults.add({ method: 'PUT', path: /\/merge$/, answer: TROUBLE.baseModified });
    }
    return Promise.resolve(
      `mallory: will change the features right before the next merge${refuses ? ', which GitHub then refuses' : ''}`,
    );
  },
};
