import { freezeOf } from '../../state/look-up.ts';
import { frozenSentence, stillFrozenSentence } from '../../texts/state-answers.ts';
import type { CarryOut } from '../asking.ts';
import { actorOf, changeBy } from '../change-by.ts';

export const carryOut: CarryOut<'freeze'> = (asking, { for: length, reason }) => {
  const { at, ports, workspace } = asking;
  const until = length === undefined ? undefined : at + length;
  const now = () => freezeOf(workspace.state.state, ports.clock());
  const change = { kind: 'freeze', by: actorOf(asking), at, reason } as const;
  return changeBy(
    asking,
    { ...change, ...(until !== undefined && { until }) },
    {
      done: () => frozenSentence(until),
      already: () => stillFrozenSentence(now()),
    },
  );
};
