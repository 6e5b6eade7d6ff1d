import { incidentIn, pairAt, policyAt, releaseAt, toldPair, trailersOf } from '../read-world.ts';
import { rollbacks } from '../steps/step.ts';
import type { Invariant } from './invariant.ts';

/** A merge of Lastgood leaves no pair standing that was not planned, unless a person said so or was asked. */
export const noMixedPair: Invariant = {
  name: 'no mixed pair',
  after(world) {
    const head = world.repository.head() ?? '';
    return world.beginning.models.flatMap(({ name }) => {
      const brought = releaseAt(world, head, name);
      if (trailersOf(world, brought, 'To').length === 0) return [];
      const to = toldPair(world, brought, 'To');
      const is = pairAt(world, brought, name);
      if (is.model === to.model && is.features === to.features) return [];
      if (!policyAt(world, head, name)) return [];
      const repairs = rollbacks(world).filter(({ headRef }) => incidentIn(headRef).bad === brought);
      if (repairs.length > 0) return [];
      return [`${name} runs ${is.model} with ${is.features}, left by ${brought.slice(0, 12)}`];
    });
  },
};
