import type { CommandSpec } from '../spec.ts';
import { carryOut } from './carry-out.ts';

export const hold: CommandSpec<'hold'> = {
  name: 'hold',
  usage: '/hold [TARGET] [for 2h] REASON',
  help: 'Nothing merges for the target until the hold is lifted or its time is up.',
  example: '/hold production/fraud-detector for 2h Looking at the features first',
  needs: 'reader',
  place: 'anywhere',
  read(rest) {
    const target = rest.target();
    const wait = rest.maybeFor();
    return {
      name: 'hold',
      target,
      ...(wait !== undefined && { for: wait }),
      reason: rest.reason(),
    };
  },
  carryOut,
};
