import { holdOf } from '../../state/look-up.ts';
import { heldSentence, stillHeldSentence } from '../../texts/state-answers.ts';
import type { CarryOut } from '../asking.ts';
import { actorOf, changeBy } from '../change-by.ts';

export const carryOut: CarryOut<'hold'> = (asking, { target, for: length, reason }) => {
  const { at, ports, workspace } = asking;
  const until = length === undefined ? undefined : at + length;
  const now = () => holdOf(workspace.state.state, target, ports.clock());
  const change = { kind: 'hold', target, by: actorOf(asking), at, reason } as const;
  return changeBy(
    asking,
    { ...change, ...(until !== undefined && { until }) },
    {
      done: () => heldSentence(target, until),
      already: () => stillHeldSentence(target, now()),
    },
  );
};
