import { liftedSentence, notHeldSentence } from '../../texts/state-answers.ts';
import type { CarryOut } from '../asking.ts';
import { actorOf, changeBy } from '../change-by.ts';

export const carryOut: CarryOut<'unhold'> = (asking, { target, reason }) => {
  const change = { kind: 'unhold', target, by: actorOf(asking), at: asking.at } as const;
  return changeBy(
    asking,
    { ...change, ...(reason !== undefined && { reason }) },
    {
      done: () => liftedSentence(target),
      already: () => notHeldSentence(target),
    },
  );
};
