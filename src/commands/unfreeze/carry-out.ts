import { notFrozenSentence, thawedSentence } from '../../texts/state-answers.ts';
import type { CarryOut } from '../asking.ts';
import { actorOf, changeBy } from '../change-by.ts';

export const carryOut: CarryOut<'unfreeze'> = (asking, { reason }) => {
  const change = { kind: 'unfreeze', by: actorOf(asking), at: asking.at } as const;
  return changeBy(
    asking,
    { ...change, ...(reason !== undefined && { reason }) },
    {
      done: thawedSentence,
      already: notFrozenSentence,
    },
  );
};
